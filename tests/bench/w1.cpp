// W1: 24 double columns scored, beside what memory alone costs and beside a scorer by row.
#include <algorithm>
#include <fstream>
#include <memory>

#include "aiueo/score/score.hpp"

#include "bench.hpp"
#include "ceiling.hpp"
#include "outputs.hpp"
#include "virtual_scorer.hpp"
#include "world.hpp"

namespace bench {

namespace {

/// A plan with everything to run it, in one place that does not move.
struct ours {
    aiueo::plan plan;
    aiueo::batch batch;
    aiueo::scores scores;
    std::string isa;
    template <class World>
    ours(const World& world, std::int64_t rows, const std::string& with)
        : plan(plan_for(with)), batch(bind(plan, world, rows)), scores(plan, rows), isa(with) {}
    void run(std::int64_t begin, std::int64_t end) {
        if (const aiueo::status ok = aiueo::score(plan, batch, {begin, end}, scores); !ok)
            fail(ok.error().to_string());
    }
    [[nodiscard]] contender on(const std::string& variant, std::int64_t rows, int threads) {
        return {variant, isa, threads, [this, rows, threads] {
                    in_parts(rows, threads, [this](auto b, auto e) { run(b, e); });
                }};
    }
};

/// How much scoring allocates: nothing, once each thread that scores has its workspace.
void add_memory(line& to, const wide_world& world, std::int64_t rows, const std::string& isa) {
    const aiueo::plan plan = plan_for(isa);
    const aiueo::batch batch = bind(plan, world, rows);
    const heap before = heap_now();
    aiueo::scores scores{plan, rows};
    const auto run = [&] {
        if (const aiueo::status ok = aiueo::score(plan, batch, {0, rows}, scores); !ok)
            fail(ok.error().to_string());
    };
    const heap first = heap_now();
    run();
    const heap second = heap_now();
    run();
    const heap after = heap_now();
    to.count("first_call_allocations", second.allocations - first.allocations)
        .count("call_allocations", after.allocations - second.allocations)
        .count("bytes_beyond_outputs",
               after.live_bytes - before.live_bytes - rows * outputs::bytes_per_row);
}

std::string name_of(const ceiling_form& form) {
    std::string out = form.blocks ? "blocks" : "rows";
    if (form.stream) out += "+stream";
    if (form.prefetch) out += "+prefetch";
    return out;
}

struct ceiling_runner {
    const ceiling_call& call;
    ceiling_function function;
    std::int64_t rows;
    int threads;
    void operator()() const {
        in_parts(rows, threads, [this](std::int64_t b, std::int64_t e) {
            function(call, static_cast<std::size_t>(b), static_cast<std::size_t>(e));
        });
    }
};

using ceiling_maker = ceiling_function (*)(const ceiling_form&) noexcept;

struct ceiling_isa {
    const char* name;
    ceiling_maker make;
};

std::vector<ceiling_isa> ceilings() {
    std::vector<ceiling_isa> out{{"portable", ceiling_base}};
    if (processor_level() >= 3 && ceiling_for_v3({}) != nullptr)
        out.push_back({"x86-64-v3", ceiling_for_v3});
    if (processor_level() >= 4 && ceiling_for_v4({}) != nullptr)
        out.push_back({"x86-64-v4", ceiling_for_v4});
    return out;
}

/// The fastest form of a ceiling for these rows: all forms take turns once.
contender best_ceiling(const ceiling_isa& isa, const ceiling_call& call, std::int64_t rows,
                       int threads, const options& asked) {
    std::vector<contender> forms;
    for (unsigned bits = 0; bits < 8; ++bits) {
        const ceiling_form form{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
        forms.push_back({name_of(form), isa.name, threads,
                         ceiling_runner{call, isa.make(form), rows, threads}});
    }
    options trial = asked;
    trial.rounds = 2;
    race(forms, rows, trial);
    std::size_t best = 0;
    for (std::size_t k = 1; k < forms.size(); ++k) {
        if (bench::best(forms[k].cpu_ns) < bench::best(forms[best].cpu_ns)) best = k;
    }
    contender out = forms[best];
    out.variant = "ceiling " + out.variant;
    out.ns.clear();
    out.cpu_ns.clear();
    return out;
}

/// All contenders that use `threads` threads, on the first `rows` rows.
void race_rows(const wide_world& world, std::int64_t rows, int threads, const options& asked) {
    const auto columns = world.columns();
    std::vector<std::unique_ptr<ours>> all;
    for (const std::string& isa : chosen_isas(asked))
        all.push_back(std::make_unique<ours>(world, rows, isa));

    outputs written{rows};
    ceiling_call call{columns, {}, {}};
    for (std::size_t k = 0; k < outputs::numbers; ++k) call.number[k] = written.number[k].data();
    for (std::size_t k = 0; k < outputs::levels; ++k) call.level[k] = written.level[k].data();

    const virtual_scorer by_row{all[0]->plan.model()};
    outputs expected{rows};
    by_row.score(columns, 0, rows, expected);
    for (const auto& one : all) {
        in_parts(rows, threads, [&](auto b, auto e) { one->run(b, e); });
        must_equal(columns_of(one->scores), columns_of(expected), rows, "virtual");
    }

    std::vector<contender> turns;
    for (const auto& one : all) turns.push_back(one->on("aiueo", rows, threads));
    for (const ceiling_isa& isa : ceilings())
        turns.push_back(best_ceiling(isa, call, rows, threads, asked));
    turns.push_back({"virtual", "", threads, [&] {
                         in_parts(rows, threads,
                                  [&](auto b, auto e) { by_row.score(columns, b, e, expected); });
                     }});
    race(turns, rows, asked);

    for (std::size_t k = 0; k < turns.size(); ++k) {
        line out{"W1"};
        out.timed(turns[k], rows);
        if (k < all.size() && threads == 1) {
            add_memory(out, world, std::min<std::int64_t>(10'000, rows), turns[k].isa);
        }
        out.print();
    }
    for (std::size_t k = 0; k < all.size(); ++k) {
        const contender* ceiling = nullptr;  // of the same instruction set, else the plainest
        for (std::size_t c = all.size(); c + 1 < turns.size(); ++c) {
            if (ceiling == nullptr || turns[c].isa == turns[k].isa) ceiling = &turns[c];
        }
        compared("W1", turns[k], *ceiling, rows, "ceiling").print();
        compared("W1", turns[k], turns.back(), rows, "virtual").print();
    }
}

/// One thread beside several.
void race_threads(const wide_world& world, const options& asked) {
    for (const std::string& isa : chosen_isas(asked)) {
        ours mine{world, asked.rows, isa};
        std::vector<contender> turns;
        for (int t = 1; t <= asked.threads; ++t) turns.push_back(mine.on("aiueo", asked.rows, t));
        race(turns, asked.rows, asked);
        for (std::size_t t = 1; t < turns.size(); ++t) {
            compared("W1", turns[t], turns[0], asked.rows, "1 thread").print();
        }
    }
}

}  // namespace

void run_data(const options& asked) {
    if (asked.data.empty()) fail("data needs --data FILE");
    std::ofstream file{asked.data, std::ios::binary};
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (24, " +
                         std::to_string(asked.rows) + "), }";
    header.append(128 - 10 - 1 - header.size(), ' ').push_back('\n');
    const std::array<char, 10> magic{'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    file.write(magic.data(), magic.size());
    file.write(header.data(), static_cast<std::streamsize>(header.size()));
    const wide_world world{asked.rows};
    for (std::size_t k = 0; k < column_count; ++k) {
        file.write(reinterpret_cast<const char*>(world.column(k)),
                   static_cast<std::streamsize>(asked.rows) *
                       static_cast<std::streamsize>(sizeof(double)));
    }
    if (!file.flush()) fail(asked.data + " cannot be written");
}

void run_w1(const options& asked) {
    const wide_world world{asked.rows};
    race_rows(world, asked.rows, 1, asked);
    if (asked.threads < 2) return;
    race_rows(world, asked.rows, 2, asked);
    race_threads(world, asked);
}

void run_sizes(const options& asked) {
    // The middle one is what the others are compared with.
    const std::array<std::int64_t, 3> sizes{std::max<std::int64_t>(asked.rows / 1000, 1),
                                            std::max<std::int64_t>(asked.rows / 10, 1), asked.rows};
    const wide_world world{asked.rows};
    for (const std::string& isa : chosen_isas(asked)) {
        std::vector<std::unique_ptr<ours>> all;
        std::vector<contender> turns;
        for (const std::int64_t rows : sizes) {
            all.push_back(std::make_unique<ours>(world, rows, isa));
            turns.push_back(all.back()->on("aiueo", rows, 1));
            turns.back().rows = rows;
        }
        race(turns, asked.rows, asked);
        line{"W1"}.timed(turns[1], sizes[1]).print();
        for (const std::size_t k : {std::size_t{0}, std::size_t{2}}) {
            compared("W1", turns[k], turns[1], sizes[k], "rows " + std::to_string(sizes[1]))
                .print();
        }
    }
}

void run_w1n(const options& asked) {
    const wide_world wide{asked.rows};
    const narrow_world narrow{wide};
    for (const std::string& isa : chosen_isas(asked)) {
        ours with_wide{wide, asked.rows, isa};
        ours with_narrow{narrow, asked.rows, isa};
        with_wide.run(0, asked.rows);
        with_narrow.run(0, asked.rows);
        must_equal(columns_of(with_wide.scores), columns_of(with_narrow.scores), asked.rows,
                   "narrow types");
        std::vector<contender> turns{with_narrow.on("aiueo", asked.rows, 1),
                                     with_wide.on("aiueo", asked.rows, 1)};
        race(turns, asked.rows, asked);
        compared("W1n", turns[0], turns[1], asked.rows, "W1").print();
    }
}

}  // namespace bench
