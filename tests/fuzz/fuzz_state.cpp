// Any bytes as a state of evidence. An input is either the whole state, or (first byte odd) a list
// of changes to a good one, to its bytes or, where the second bit is set too, to its numbers; then
// length and check sum are put right, so that what lies behind them is reached. A state that is
// read must be written as the same bytes, merge with itself read again, and bear every study.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/hash.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/state.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/study/registry.hpp"

namespace {

using namespace aiueo;

void require(bool holds) {
    if (!holds) std::abort();
}

constexpr std::string_view text = R"({"aiueo": 1, "name": "fuzz",
    "metrics": {"a": {"type": "number"}, "b": {"type": "flag"}, "plan": {"type": "category"}},
    "segments": ["plan", {"metric": "a", "edges": [20]}],
    "touch": {"components": {"a": {"metric": "a", "curve": [[0, 100], [50, 0]]}}},
    "axes": {"U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [50, 100]]}}},
             "O": {"components": {"b": {"metric": "b"}}}},
    "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "U >= 50"}]},
    "bands": {"of": "overall", "edges": [50], "names": ["Lv1", "Lv2"]},
    "steps": {"threshold": 50},
    "roles": {"member": "plan"},
    "study": {"leads": [90, 0], "term_bands": [6], "grace_days": 10, "horizon_months": 3,
              "nrr_target": 1.05, "completion": {"stage": "high"}}})";

const plan& the_plan() {
    static const plan made = [] {
        auto model = read_model(text);
        require(model.ok());
        auto out = compile(std::move(*model), {});
        require(out.ok());
        return std::move(*out);
    }();
    return made;
}

std::string made_state() {
    constexpr std::size_t rows = 24;
    const plan& with = the_plan();
    batch snapshots{with, rows, {.all_metrics = true}};
    std::array<std::int32_t, rows> customers{};
    for (std::size_t i = 0; i < rows; ++i) customers[i] = static_cast<std::int32_t>(i / 2);
    column_view keys;
    keys.type = column_type::int32;
    keys.length = rows;
    keys.values = customers.data();
    require(snapshots.bind("customer", keys).ok());
    const auto as_of = snapshots.reserve("as_of", column_type::date32);
    auto* days = static_cast<std::int32_t*>(as_of->values);
    const auto a = snapshots.reserve("a", column_type::float64);
    const auto b = snapshots.reserve("b", column_type::byte);
    auto* plans = static_cast<std::int32_t*>(snapshots.reserve("plan", column_type::int32)->values);
    contract_history contracts{2, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        const auto end = static_cast<std::int32_t>(20'000 + i / 2 * 40);
        days[i] = end - (i % 2 == 0 ? 90 : 0);
        static_cast<double*>(a->values)[i] = static_cast<double>(i * 7 % 53);
        static_cast<std::uint8_t*>(b->values)[i] = i % 3 == 0 ? 1 : 0;
        plans[i] = i % 5 == 0 ? -1 : *snapshots.text_id(i % 2 == 0 ? "basic" : "pro");
        if (i % 2 != 0) continue;
        contract one;
        one.start = end - (i % 4 == 0 ? 120 : 365);
        one.end = end;
        one.kind = i % 6 == 0 ? contract_kind::trial : contract_kind::contract;
        const bool kept = i % 8 != 0;
        one.outcome = one.kind == contract_kind::trial
                          ? (kept ? contract_outcome::converted : contract_outcome::lapsed)
                          : (kept ? contract_outcome::renewed : contract_outcome::churned);
        one.mrr_before = static_cast<std::int64_t>(1000 + i);
        if (kept) one.mrr_after = static_cast<std::int64_t>(990 + 2 * i);
        require(contracts.add(std::to_string(customers[i]), one, -1).ok());
        if (i % 8 != 0) continue;
        one.start = one.end;
        one.end += 500;
        one.outcome = contract_outcome::open;
        require(contracts.add(std::to_string(customers[i]), one, -1).ok());
    }
    // Some customers have no snapshots; some come back, grow and shrink.
    ledger_history ledger{2, {}};
    for (std::int32_t i = 0; i < 16; ++i) {
        const std::int32_t start = 19'700 + 11 * i;
        const std::int64_t mrr = 1000 + 100 * i;
        const std::string name = std::to_string(i);
        require(ledger.add(name, {start, start + 200 + 9 * i, mrr}, -1).ok());
        require(
            ledger.add(name, {start + 205 + 12 * i, ledger_entry::no_end, mrr - 300 + 50 * i}, -1)
                .ok());
    }
    require(ledger.finish().ok());
    std::memset(as_of->validity, 0xFF, rows / 8);
    std::memset(a->validity, 0x7F, rows / 8);
    std::memset(b->validity, 0xFB, rows / 8);
    require(contracts.finish().ok());
    scores given{with, rows, {.detail = true, .overrides = false}};
    require(score(with, snapshots, {0, rows}, given).ok());
    evidence seen{with};
    histories known{contracts};
    known.ledger = &ledger;
    known.data_until = 20'300;
    require(seen.update(snapshots, given, known).ok());
    require(seen.count_unseen(known).ok());
    auto out = write_state(seen);
    require(out.ok());
    return std::move(*out);
}

const std::string& good_state() {
    static const std::string made = made_state();
    return made;
}

constexpr std::size_t header = 56;

/// With the length and the check sum that it should have.
std::string finished(std::string out) {
    if (out.size() < header) return out;
    const auto put = [&out](std::size_t at, std::uint64_t value) {
        for (int i = 0; i < 8; ++i)
            out[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i) & 0xFFU);
    };
    put(header - 8, out.size() - header);
    const std::uint64_t sum = hash_text(out);
    out.append(8, '\0');
    put(out.size() - 8, sum);
    return out;
}

/// Each change is a place, what to do there and a byte.
std::string changed(std::string_view by) {
    const std::string& good = good_state();
    std::string out = good.substr(0, good.size() - 8);
    for (std::size_t k = 0; k + 4 <= by.size(); k += 4) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(by[k + i]); };
        const std::size_t at =
            header + (std::size_t{byte(0)} << 8 | byte(1)) % (out.size() - header + 1);
        switch (byte(2) % 4) {
        case 0:
            if (at < out.size()) out[at] = static_cast<char>(byte(3));
            break;
        case 1: out.insert(at, 1, static_cast<char>(byte(3))); break;
        case 2: out.erase(at, 1 + byte(3) % 16); break;
        default: out.insert(at, out.substr(header, byte(3))); break;
        }
        if (out.size() > 1U << 20 || out.size() <= header) break;
    }
    return finished(std::move(out));
}

/// A number as the codec writes it.
void put_number(std::string& to, std::uint64_t value) {
    for (; value >= 128; value >>= 7U) to += static_cast<char>((value & 127U) | 128U);
    to += static_cast<char>(value);
}

/// The numbers of a good state. The bytes of names are among them, each a number.
std::vector<std::uint64_t> numbers_of(std::string_view payload) {
    std::vector<std::uint64_t> out{0};
    unsigned shift = 0;
    for (const char c : payload) {
        const auto byte = static_cast<std::uint8_t>(c);
        out.back() |= std::uint64_t{byte & 127U} << shift;
        shift = byte >= 128 && shift < 56 ? shift + 7 : 0;
        if (shift == 0) out.push_back(0);
    }
    out.pop_back();
    return out;
}

/// Each change is a place, what to do there, a byte, and another place.
std::string changed_numbers(std::string_view by) {
    static const std::vector<std::uint64_t> good =
        numbers_of(std::string_view{good_state()}.substr(header, good_state().size() - header - 8));
    constexpr std::array<std::uint64_t, 20> edges{0,
                                                  1,
                                                  2,
                                                  3,
                                                  63,
                                                  64,
                                                  101,
                                                  102,
                                                  127,
                                                  128,
                                                  0x1FFFF,
                                                  0x20000,
                                                  0x7FFFFFFF,
                                                  0x80000000,
                                                  0xFFFFFFFF,
                                                  std::uint64_t{1} << 53U,
                                                  (std::uint64_t{1} << 48U) - 1,
                                                  std::uint64_t{1} << 62U,
                                                  (std::uint64_t{1} << 63U) - 1,
                                                  ~std::uint64_t{0}};
    std::vector<std::uint64_t> all = good;
    for (std::size_t k = 0; k + 6 <= by.size() && !all.empty() && all.size() < 1U << 18U; k += 6) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(by[k + i]); };
        const std::size_t at = (std::size_t{byte(0)} << 8U | byte(1)) % all.size();
        const std::size_t other = (std::size_t{byte(4)} << 8U | byte(5)) % all.size();
        const std::size_t run = 1 + byte(3) % 64;
        const auto place = [&all](std::size_t i) {
            return all.begin() + static_cast<std::ptrdiff_t>(std::min(i, all.size()));
        };
        const std::uint64_t before = all[at];
        switch (byte(2) % 8) {
        case 0: all[at] = edges[byte(3) % edges.size()]; break;
        case 1: all[at] += byte(3); break;
        case 2: all[at] -= byte(3); break;
        case 3: all[at] = all[other]; break;
        case 4: all.erase(place(at), place(at + run)); break;
        case 5: {  // a block moves, or comes twice
            const std::vector<std::uint64_t> taken(place(at), place(at + run));
            if (byte(3) >= 128) all.erase(place(at), place(at + run));
            all.insert(place(other), taken.begin(), taken.end());
            break;
        }
        case 6:  // two blocks change places
            for (std::size_t i = 0; i < run && at + i < all.size() && other + i < all.size(); ++i)
                std::swap(all[at + i], all[other + i]);
            break;
        default:  // wherever this number is: tables that count the same keep agreeing
            std::replace(all.begin(), all.end(), before, edges[byte(3) % edges.size()]);
            break;
        }
    }
    std::string out = good_state().substr(0, header);
    for (const std::uint64_t one : all) put_number(out, one);
    return finished(std::move(out));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input{reinterpret_cast<const char*>(data), size};
    std::string made;
    if (!input.empty() && (data[0] & 1) != 0) {
        made = (data[0] & 2) != 0 ? changed_numbers(input.substr(1)) : changed(input.substr(1));
        input = made;
    } else if (!input.empty()) {
        input.remove_prefix(1);
    }
    auto read = read_state(the_plan(), input, {.max_integers = 1U << 20});
    if (!read.ok()) {
        const std::string why = read.error().to_string();
        require(!why.empty());
        return 0;
    }
    const auto written = write_state(*read);
    require(written.ok() && *written == input);
    auto twice = read_state(the_plan(), *written);
    require(twice.ok());
    if (twice->merge(*read).ok()) {
        require(twice->count(total::rows) >= read->count(total::rows));
        const auto merged = write_state(*twice);
        // Together it can be more than there can be: what is written is read.
        require(merged.ok() ? read_state(the_plan(), *merged).ok()
                            : merged.error().code == errc::bad_state);
    }
    for (const study_entry& one : studies()) {
        const auto found = one.run(*read, {});
        require(!found.ok() || !found->empty());
    }
    return 0;
}
