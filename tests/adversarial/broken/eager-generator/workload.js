export default (lib) => {
  const questions = Array.from({ length: 500 }, (_, i) => i);
  const fn = () => {
    let sum = 0;
    for (const answer of lib.answers(questions, (n) => n * 3)) sum += answer;
    return sum;
  };
  return { fn, check: fn };
};
