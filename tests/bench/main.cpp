// aiueo_bench: measures, and prints one JSON object a line. `./dev bench` runs it and prints a
// table.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <span>
#include <sstream>

#include "bench.hpp"

namespace {

constexpr const char* usage =
    "usage: aiueo_bench WORKLOAD [--rows N] [--rounds N] [--threads N] [--isa NAME,...|all] [--quick] [--data FILE]\n"
    "  isas  instruction sets the library can be made to use here\n"
    "  data  the columns of W1 as 24 x rows doubles, into FILE (.npy)\n"
    "  w1    24 double columns, against `ceiling` and `virtual`, by instruction set and threads\n"
    "  sizes w1 with rows, a tenth and a thousandth of them\n"
    "  w1n   the same values in narrow types, against w1\n"
    "  w2    evidence from scored rows\n"
    "  links evidence of customers seen for 24 months, with the chain of steps and without\n"
    "  lists alerts and triggers for the rows of W1, as a panel of six months, against w1\n"
    "  counts how many of so many contracts will renew, against one contract after the other\n"
    "  w3    an Arrow stream through the C ABI, and its peak memory\n"
    "  w4    one row: C++ and C ABI; and a batch of 1,024\n";

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    std::stringstream from{list};
    for (std::string one; std::getline(from, one, ',');) out.push_back(one);
    return out;
}

std::int64_t positive(const std::string& option, const char* value) {
    char* end = nullptr;
    const long long out = std::strtoll(value, &end, 10);
    if (end == value || *end != '\0' || out < 1)
        bench::fail(option + " takes a number above 0, not " + value);
    return out;
}

}  // namespace

int main(int count, char** words) {
    const std::span<char*> arguments{words, static_cast<std::size_t>(count)};
    if (arguments.size() < 2) {
        std::cerr << usage;
        return 2;
    }
    const std::string workload = arguments[1];
    bench::options asked;
    bool rows_given = false;
    for (std::size_t k = 2; k < arguments.size(); ++k) {
        const std::string option = arguments[k];
        if (option == "--quick") {
            asked.quick = true;
            continue;
        }
        if (k + 1 == arguments.size())
            bench::fail(option + " is not an option, or lacks its value");
        const char* value = arguments[++k];
        if (option == "--rows") {
            asked.rows = positive(option, value);
            rows_given = true;
        } else if (option == "--rounds") {
            asked.rounds = static_cast<int>(positive(option, value));
        } else if (option == "--threads") {
            asked.threads = static_cast<int>(positive(option, value));
        } else if (option == "--isa") {
            asked.isas = split(value);
        } else if (option == "--data") {
            asked.data = value;
        } else {
            bench::fail(option + " is not an option");
        }
    }
    if (asked.quick) {
        if (!rows_given) asked.rows = 2'000;
        asked.rounds = 2;
    }
    if (workload == "isas") {
        for (const std::string& one : bench::available_isas()) std::cout << one << '\n';
    } else if (workload == "data") {
        bench::run_data(asked);
    } else if (workload == "w1") {
        bench::run_w1(asked);
    } else if (workload == "sizes") {
        if (!rows_given && !asked.quick) asked.rows = 10'000'000;
        asked.rounds = std::min(asked.rounds, 3);
        bench::run_sizes(asked);
    } else if (workload == "w1n") {
        bench::run_w1n(asked);
    } else if (workload == "w2") {
        bench::run_w2(asked);
    } else if (workload == "links") {
        if (!rows_given && !asked.quick) asked.rows = 2'400'000;
        asked.rounds = std::min(asked.rounds, 3);
        bench::run_links(asked);
    } else if (workload == "lists") {
        asked.rounds = std::min(asked.rounds, 3);
        bench::run_lists(asked);
    } else if (workload == "counts") {
        if (!rows_given && !asked.quick) asked.rows = 100'000;
        asked.rounds = std::min(asked.rounds, 3);
        bench::run_counts(asked);
    } else if (workload == "w3") {
        if (!rows_given && !asked.quick) asked.rows = 10'000'000;
        bench::run_w3(asked);
    } else if (workload == "w4") {
        bench::run_w4(asked);
    } else {
        std::cerr << usage;
        return 2;
    }
    return 0;
}
