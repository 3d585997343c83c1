// The server's command line: wrong flags end it at once with a sentence, before it touches any data.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace sidecar {
namespace {

std::pair<int, std::string> Start(const std::string& arguments) {
  const std::string program = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "vector-sidecar").string();
  FILE* pipe = popen((program + " " + arguments + " 2>&1").c_str(), "r");
  std::string output;
  char piece[4096];
  while (const size_t got = fread(piece, 1, sizeof(piece), pipe)) output.append(piece, got);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

TEST(FlagsTest, WrongOnesAreNamed) {
  const std::string rest = " --data-dir /nowhere/at/all --listen unix:/nowhere/socket";
  for (const auto& [flags, said] : std::vector<std::pair<std::string, std::string>>{
           {"--metrics-port 70000" + rest, "--metrics-port 70000: a whole number from 0 to 65535"},
           {"--metrics-port 12x" + rest, "--metrics-port 12x"},
           {"--max-in-flight -1" + rest, "--max-in-flight -1: a whole number from 1 to"},
           {"--max-in-flight 0" + rest, "from 1 to"},
           {"--durability maybe" + rest, "--durability maybe is not known"},
           {"--nope 1" + rest, "--nope 1 is not known"},
           {"--metrics-port", "--metrics-port needs a value"},
           {"nope", "`nope` is not a flag"},
           {"--token-file /nowhere/token" + rest, "/nowhere/token"},
           {"", "usage: vector-sidecar"}}) {
    const auto [code, output] = Start(flags);
    EXPECT_EQ(code, 1) << flags;
    EXPECT_NE(output.find(said), std::string::npos) << flags << ": " << output;
  }
  const auto [code, output] = Start("--help");
  EXPECT_EQ(code, 0);
  EXPECT_EQ(output.find("usage: vector-sidecar"), 0u) << output;
}

}  // namespace
}  // namespace sidecar
