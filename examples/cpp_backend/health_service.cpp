#include "health_service.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include <aiueo/log_spdlog.hpp>

namespace backend {

namespace {

/// Rows that a thread takes at once. Ranges begin at multiples of 64.
constexpr std::int64_t rows_at_once = 64 * 32;

/// A batch remembers every category it has met; one that strangers fill is made anew in time.
constexpr std::int64_t requests_a_row = 100000;

enum field : std::size_t { plan, mrr, setup_done, admins, seats, logins_28d, last_login, nps };
constexpr std::array<std::string_view, 8> field_names{"plan",  "mrr",        "setup_done", "admins",
                                                      "seats", "logins_28d", "last_login", "nps"};

aiueo::error no_model() {
    return aiueo::make_error(aiueo::errc::invalid_state, "no model was loaded yet");
}

std::string points(double value) {
    if (std::isnan(value)) return "unknown";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

/// "logins_28d 12, seats 4": what the customer has.
std::string described(const std::vector<aiueo::explained_input>& inputs) {
    std::string out;
    for (const aiueo::explained_input& one : inputs) {
        if (!out.empty()) out += ", ";
        out += one.which->name + " ";
        if (one.state != aiueo::value_state::known) {
            out += aiueo::name_of(one.state);
        } else if (one.which->type == aiueo::metric_type::date) {
            out += aiueo::format_date(static_cast<std::int32_t>(one.value));
        } else {
            out += one.text.empty() ? points(one.value) : one.text;
        }
    }
    return out;
}

}  // namespace

health model_in_use::at(const aiueo::scores& from, std::size_t row) const {
    using aiueo::axis;
    const auto value = [row](std::span<const double> column) {  // empty: an axis not in use
        return column.empty() ? std::numeric_limits<double>::quiet_NaN() : column[row];
    };
    health out;
    out.implementation = value(from[axis::implementation]);
    out.utilization = value(from[axis::utilization]);
    out.engagement = value(from[axis::engagement]);
    out.overall = value(from.overall());
    out.coverage = value(from.coverage());
    const auto& ladders = plan_.model().rules.ladders;
    if (ladders.empty()) return out;
    const auto name = [&](aiueo::level_index level) -> std::string_view {
        return level < 0 ? std::string_view{}
                         : ladders.front().rungs[static_cast<std::size_t>(level)].name;
    };
    out.stage = name(from.stage(0)[row]);
    out.could_be = name(from.provisional(0)[row]);
    return out;
}

// ── the model in use ────────────────────────────────────────────────────────────────────────────

bool health_service::load(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) {
        log_->error("cannot read {}; the model in use is kept", file.string());
        return false;
    }
    aiueo::model_reading read =
        aiueo::inspect_model(text, {.file = file.filename().string(), .limits = {}});
    if (!read.usable) {
        for (const aiueo::problem& one : read.found) {
            const bool fatal = one.severity == aiueo::problem::level::error;
            log_->log(fatal ? spdlog::level::err : spdlog::level::warn, "{}", one.what.to_string());
        }
        log_->error("{} is no model; the one in use is kept", file.filename().string());
        return false;
    }
    auto compiled =
        aiueo::compile(std::move(read.value), {}, {.kernels = nullptr, .log = aiueo::log_to(log_)});
    if (!compiled) {
        log_->error("{}; the model in use is kept", compiled.error().to_string());
        return false;
    }
    auto next = std::make_shared<const model_in_use>(*std::move(compiled));
    log_->info("model {} ({})", next->plan().model().name, file.filename().string());
    const std::lock_guard lock{mutex_};
    current_.swap(next);
    return true;
}

shared_model health_service::current() const {
    const std::lock_guard lock{mutex_};
    return current_;
}

// ── requests ────────────────────────────────────────────────────────────────────────────────────

request_scorer::memory::memory(const aiueo::plan& made_for)
    : row(made_for, 1), scored(made_for, 1) {
    row.own_all();
    for (std::size_t k = 0; k < fields.size(); ++k) {
        // A model may do without some of the fields, or not know them.
        const auto number = row.number_of(field_names[k]);
        fields[k] = number ? *number : -1;
    }
}

aiueo::result<health> request_scorer::score(const account& customer, day as_of) {
    shared_model now = service_->current();
    if (now == nullptr) return no_model();
    if (now != model_ || memory_->requests == requests_a_row) {
        memory_.reset();
        model_ = std::move(now);
        memory_ = std::make_unique<memory>(model_->plan());
    }
    memory& to = *memory_;
    ++to.requests;
    const auto set = [&to](field which, auto value) {
        return to.row.set(to.fields[which], 0, value);
    };
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    to.row.set_as_of(as_of);
    if (auto ok = set(plan, std::string_view{customer.plan}); !ok) return std::move(ok).error();
    const std::pair<field, double> numbers[] = {
        {mrr, customer.mrr},
        {setup_done, customer.setup_done ? 1.0 : 0.0},
        {admins, static_cast<double>(customer.admins)},
        {seats, static_cast<double>(customer.seats)},
        {logins_28d, static_cast<double>(customer.logins_28d)},
        {last_login, static_cast<double>(customer.last_login)},
        {nps, customer.nps ? static_cast<double>(*customer.nps) : unknown},
    };
    for (const auto& [which, value] : numbers) {
        if (auto ok = set(which, value); !ok) return std::move(ok).error();
    }
    if (auto ok = to.row.set_observed(to.fields[nps], 0, customer.nps_on); !ok) {
        return std::move(ok).error();
    }
    if (auto ok = aiueo::score(model_->plan(), to.row, {0, 1}, to.scored); !ok) {
        return std::move(ok).error();
    }
    return model_->at(to.scored, 0);
}

// ── the portfolio ───────────────────────────────────────────────────────────────────────────────

aiueo::result<scored_portfolio> health_service::score(const portfolio& customers) {
    const shared_model model = current();
    if (model == nullptr) return no_model();
    auto bound = aiueo::bind(model->plan(), customers.rows(),
                             {{"customer", customers.id},
                              {"plan", aiueo::codes(customers.plan, portfolio::plans)},
                              {"mrr", customers.mrr},
                              {"setup_done", customers.setup_done},
                              {"admins", customers.admins},
                              {"seats", customers.seats},
                              {"logins_28d", customers.logins_28d},
                              {"last_login", aiueo::dates(customers.last_login)},
                              {"nps", customers.nps},
                              {"nps@", aiueo::dates(customers.nps_on)}});
    if (!bound) return std::move(bound).error();
    bound->set_as_of(customers.as_of);
    aiueo::duplicate_finder seen{"portfolio"};
    if (auto ok = bound->check_rows(seen); !ok) return std::move(ok).error();

    scored_portfolio out{model, *std::move(bound)};
    const std::int64_t rows = out.rows();
    const auto ranges = static_cast<std::size_t>((rows + rows_at_once - 1) / rows_at_once);
    std::vector<std::optional<aiueo::error>> failed(ranges);  // one writer each
    pool_.run(ranges, [&](std::size_t k) {
        const std::int64_t begin = static_cast<std::int64_t>(k) * rows_at_once;
        const std::int64_t end = std::min(begin + rows_at_once, rows);
        if (auto ok = aiueo::score(model->plan(), out.rows_, {begin, end}, out.scores_); !ok) {
            failed[k] = std::move(ok).error();
        }
    });
    for (std::optional<aiueo::error>& one : failed) {
        if (one) return *std::move(one);  // the first in the table, however the threads ran
    }
    return out;
}

std::vector<std::int64_t> scored_portfolio::by_stage() const {
    const auto& ladders = model_->plan().model().rules.ladders;
    if (ladders.empty()) return {};
    std::vector<std::int64_t> out(ladders.front().rungs.size());
    for (const aiueo::level_index level : scores_.stage(0)) ++out[static_cast<std::size_t>(level)];
    return out;
}

aiueo::result<std::vector<std::string>> scored_portfolio::explain(std::string_view customer) const {
    const std::int64_t row = rows_.find_customer(customer);
    if (row < 0) {
        return aiueo::make_error(aiueo::errc::not_found,
                                 "there is no customer " + std::string{customer});
    }
    const auto why = aiueo::explain(model_->plan(), rows_, row);
    if (!why) return why.error();
    std::vector<std::string> out;
    for (std::size_t k = 0; k < aiueo::group_count; ++k) {
        const aiueo::explained_score& one = why->groups[k];
        if (!one.in_use) continue;
        out.push_back(std::string{aiueo::group_titles[k]} + " " + points(one.score));
        for (const aiueo::explained_component& part : one.components) {
            out.push_back("  " + part.source->name + " " + points(part.response) + " because " +
                          described(part.inputs));
        }
    }
    if (why->ladders.empty()) return out;
    const std::string& ladder = why->ladders.front().source->name;
    const auto lack = aiueo::gap(model_->plan(), rows_, row, ladder);
    if (!lack) return lack.error();
    for (const aiueo::gap_condition& one : lack->conditions) {
        out.push_back("lacks " + one.text + (one.unknown ? " (unknown)" : "") + " for " +
                      lack->source->rungs[one.rung].name);
    }
    return out;
}

}  // namespace backend
