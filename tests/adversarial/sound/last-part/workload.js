export default (lib) => {
  const paths = Array.from({ length: 400 }, (_, i) => `some/long/way/through/many/folders/to/the/file-${i}.txt`);
  const fn = () => {
    let size = 0;
    for (const path of paths) size += lib.baseName(path).length;
    return size;
  };
  return { fn, check: fn };
};
