"""usearch and faiss in process, one thread.

    peers.py usearch-f32|usearch-i8|faiss-hnsw|faiss-ivf-rabitq build|search --data DIR --index FILE [--rounds 5]

One line of JSON per result, as the C++ programs print them. usearch-i8 reranks by full vectors, which is what makes it comparable.
"""

import json
import os
import sys
import time

import numpy as np

NEIGHBOURS = 10
FILTERED_QUERIES = 100  # they can take a hundred times as long
FILTERS = [("share-50", 50.0, False), ("share-10", 10.0, False), ("share-1", 1.0, False), ("share-0.1", 0.1, False), ("half-1", 1.0, True)]


def say(**fields):
    print(json.dumps(fields), flush=True)


def anonymous_mb():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Files:
    def __init__(self, directory):
        with open(os.path.join(directory, "meta"), encoding="ascii") as meta:
            values = dict(line.split() for line in meta)
        self.dimension, self.rows = int(values["dimension"]), int(values["rows"])
        self.queries = np.fromfile(os.path.join(directory, "queries.f32"), dtype=np.float32).reshape(-1, self.dimension)
        self.base = np.memmap(os.path.join(directory, "base.f32"), dtype=np.float32, mode="r", shape=(self.rows, self.dimension))
        self.half = np.fromfile(os.path.join(directory, "half.u32"), dtype=np.uint32)
        self.share = (np.arange(self.rows, dtype=np.uint64) * np.uint64(2654435761) % np.uint64(10000)).astype(np.uint32)
        self.directory = directory

    def truth(self, name):
        ids = np.fromfile(os.path.join(self.directory, f"truth-{name}.u32"), dtype=np.uint32)
        return [set(int(i) for i in row if i != 0xFFFFFFFF) for row in ids.reshape(-1, NEIGHBOURS)]

    def allowed(self, percent, correlated):
        return (self.half if correlated else self.share) < percent * 100


def curve(files, name, setting, rounds, search):
    truth = files.truth(name)
    queries = files.queries if name == "all" else files.queries[:FILTERED_QUERIES]
    hits = wanted = 0
    for q, query in enumerate(queries):
        found = set(int(i) for i in search(query))
        hits += len(found & truth[q])
        wanted += len(truth[q])
    times, per_round = [], []
    for _ in range(rounds):
        start = time.process_time()
        for query in queries:
            one = time.perf_counter()
            search(query)
            times.append(time.perf_counter() - one)
        per_round.append(len(queries) / max(1e-9, time.process_time() - start))
    times.sort()
    per_round.sort()
    at = lambda share: times[min(len(times) - 1, int(share * len(times)))] * 1e3
    say(what="curve", filter=name, setting=setting, recall=round(hits / max(1, wanted), 4), qps=per_round[len(per_round) // 2], qps_low=per_round[0],
        qps_high=per_round[-1], p50_ms=at(0.5), p99_ms=at(0.99), p999_ms=at(0.999))


def built(start, cpu, memory_mb):
    say(what="build", cpu_seconds=time.process_time() - cpu, seconds=time.perf_counter() - start, memory_mb=memory_mb)


class Usearch:
    def __init__(self, files, path, dtype):
        from usearch.index import Index

        self.files, self.path, self.dtype = files, path, dtype
        self.index = Index(ndim=files.dimension, metric="ip", dtype=dtype, connectivity=16, expansion_add=128)

    def build(self):
        start, cpu = time.perf_counter(), time.process_time()
        keys = np.arange(self.files.rows, dtype=np.uint64)
        for first in range(0, self.files.rows, 1000):
            self.index.add(keys[first:first + 1000], np.array(self.files.base[first:first + 1000]), threads=1)
        built(start, cpu, self.index.memory_usage / 1e6)
        self.index.save(self.path)

    def search(self, rounds):
        before, start = anonymous_mb(), time.perf_counter()
        self.index.load(self.path)
        say(what="open", seconds=time.perf_counter() - start, anonymous_mb=anonymous_mb() - before, file_mb=0)
        rerank = 32 if self.dtype == "i8" else 0
        base = self.files.base

        def one(query):
            if not rerank:
                return self.index.search(query, NEIGHBOURS, threads=1).keys
            keys = np.asarray(self.index.search(query, rerank, threads=1).keys).astype(np.int64)
            return keys[np.argsort(-(base[keys] @ query))[:NEIGHBOURS]]

        for ef in (16, 32, 64, 128, 192, 256, 384, 512):
            self.index.expansion_search = ef
            curve(self.files, "all", f"ef={ef}", rounds, one)


class Faiss:
    def __init__(self, files, path, kind):
        import faiss

        faiss.omp_set_num_threads(1)
        self.faiss, self.files, self.path, self.kind = faiss, files, path, kind

    def build(self):
        faiss, files = self.faiss, self.files
        base = np.array(files.base)
        start, cpu = time.perf_counter(), time.process_time()
        if self.kind == "hnsw":
            index = faiss.IndexHNSWFlat(files.dimension, 16, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = 200
        else:
            lists = int(4 * files.rows**0.5) // 2
            index = faiss.index_factory(files.dimension, f"IVF{lists},RaBitQfs", faiss.METRIC_INNER_PRODUCT)
            index.train(base)
        index.add(base)
        built(start, cpu, None)
        faiss.write_index(index, self.path)

    def search(self, rounds):
        faiss, files = self.faiss, self.files
        before, start = anonymous_mb(), time.perf_counter()
        index = faiss.read_index(self.path)
        say(what="open", seconds=time.perf_counter() - start, anonymous_mb=anonymous_mb() - before, file_mb=0)
        if self.kind == "hnsw":
            def one(query, parameters=None):
                return index.search(query[None, :], NEIGHBOURS, params=parameters)[1][0]

            for ef in (16, 32, 64, 128, 192, 256, 384, 512):
                index.hnsw.efSearch = ef
                curve(files, "all", f"ef={ef}", rounds, one)
            for name, percent, correlated in FILTERS:
                selector = faiss.IDSelectorBitmap(np.packbits(files.allowed(percent, correlated), bitorder="little"))
                parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=100)
                curve(files, name, "ef=100", 1, lambda query, parameters=parameters: one(query, parameters))
            return
        base = files.base

        def refined(query):
            ids = index.search(query[None, :], 100)[1][0]
            ids = ids[ids >= 0]
            return ids[np.argsort(-(base[ids] @ query))[:NEIGHBOURS]]

        for probes in (4, 8, 16, 32, 64, 128):
            index.nprobe = probes
            curve(files, "all", f"nprobe={probes}", rounds, refined)


def main():
    peer, command, *rest = sys.argv[1:]
    flags = dict(zip((name[2:] for name in rest[::2]), rest[1::2]))
    files = Files(flags["data"])
    family, kind = peer.split("-", 1)
    index = Usearch(files, flags["index"], kind) if family == "usearch" else Faiss(files, flags["index"], kind)
    if command == "build":
        index.build()
    else:
        index.search(int(flags.get("rounds", "5")))


main()
