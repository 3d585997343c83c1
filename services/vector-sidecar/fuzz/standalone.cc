// A driver for machines without libFuzzer: random inputs and mutations of them, by a seed it prints. It sees no coverage.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  const unsigned seed = argc > 2 ? unsigned(std::atoi(argv[2])) : std::random_device()();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  std::vector<std::string> pool = {""};
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  uint64_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; ++runs) {
    std::string input = pool[random() % pool.size()];
    if (random() % 4 == 0) input.resize(random() % 600);
    const int edits = 1 + int(random() % 8);
    for (int i = 0; i < edits && !input.empty(); ++i) {
      char& byte = input[random() % input.size()];
      byte = random() % 3 == 0 ? char(random()) : random() % 2 == 0 ? char(byte ^ (1 << random() % 8)) : char(random() % 5);
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
    if (pool.size() < 500) pool.push_back(input);
    else pool[random() % pool.size()] = input;
  }
  std::printf("%llu runs\n", static_cast<unsigned long long>(runs));
}
