// action › agreement_seal: see action/agreement_seal.hpp.
#include "aiueo/action/agreement_seal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/sha256.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/rank_counts.hpp"
#include "aiueo/model/fingerprint.hpp"

#include "model/json_document.hpp"

namespace aiueo {

namespace {

constexpr std::string_view seal_version = "aiueo_seal";

[[nodiscard]] error fail(errc code, std::string_view table, std::string message,
                         std::string_view column = {}, std::string_view customer = {}) {
    place where;
    where.table = table;
    where.column_name = column;
    where.key = customer;
    return make_error(code, std::move(message), std::move(where));
}

// ── which stages ─────────────────────────────────────────────────────────────

struct stage_list {
    std::int32_t as_of = 0;
    std::map<std::string, std::int32_t, std::less<>> stages;  ///< by customer
};

status check_arguments(const batch& rows, const scores& given) {
    const model& subject = rows.made_for().model;
    if (&given.made_for() != &rows.made_for())
        return make_error(errc::invalid_argument, "batch and scores must come from one plan");
    if (given.options().overrides) {
        return make_error(
            errc::invalid_argument,
            "a seal needs scores without overrides: a manager's word must not confirm "
            "itself");
    }
    if (given.capacity() < rows.rows()) {
        return make_error(errc::invalid_argument,
                          "the scores have " + std::to_string(given.capacity()) +
                              " rows; the batch has " + std::to_string(rows.rows()));
    }
    if (subject.study.ranks.empty()) {
        return make_error(errc::invalid_argument,
                          "the model has no ranks; list them in study.ranks, worst first");
    }
    if (subject.rules.ladders.empty())
        return make_error(errc::invalid_argument,
                          "the model has no ladder, so there are no stages");
    if (status ok = rows.ready(); !ok) return ok;
    if (!rows.has_customer())
        return fail(errc::bad_column, "snapshots", "is not there", "customer");
    if (!rows.has_as_of()) return fail(errc::bad_column, "snapshots", "is not there", "as_of");
    return {};
}

result<std::vector<std::int32_t>> days_of(const batch& rows) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(rows.rows()));
    std::array<double, chunk_rows> days{};
    std::array<value_state, chunk_rows> states{};
    for (std::size_t at = 0; at < out.size(); at += days.size()) {
        const std::size_t n = std::min(days.size(), out.size() - at);
        if (status ok =
                rows.load_as_of(static_cast<std::int64_t>(at), {days.data(), states.data(), n});
            !ok)
            return std::move(ok).error();
        for (std::size_t i = 0; i < n; ++i) out[at + i] = static_cast<std::int32_t>(days[i]);
    }
    return out;
}

result<stage_list> stages_of(const batch& rows, const scores& given, std::int32_t as_of) {
    if (status ok = check_arguments(rows, given); !ok) return std::move(ok).error();
    auto days = days_of(rows);
    if (!days) return std::move(days).error();
    stage_list out;
    out.as_of = as_of;
    if (as_of == latest_snapshot && !days->empty())
        out.as_of = *std::max_element(days->begin(), days->end());
    std::map<std::string, std::size_t, std::less<>> latest;  // by customer: the row
    key_buffer buffer;
    for (std::size_t row = 0; row < days->size(); ++row) {
        const std::int64_t day = (*days)[row];
        if (day > out.as_of || day < std::int64_t{out.as_of} - observation_window_days) continue;
        const auto key = rows.key_at(static_cast<std::int64_t>(row), buffer);
        if (!key)
            return fail(errc::bad_value, "snapshots",
                        "the customer's key is missing; every row needs one", "customer");
        const auto found = latest.find(*key);
        if (found == latest.end()) {
            latest.emplace(std::string{*key}, row);
            continue;
        }
        if ((*days)[found->second] == (*days)[row]) {
            return fail(errc::duplicate_row, "snapshots",
                        "has two snapshots of " + format_date((*days)[row]) +
                            "; a customer has one snapshot a date",
                        {}, *key);
        }
        if ((*days)[found->second] < (*days)[row]) found->second = row;
    }
    for (auto& [customer, row] : latest) {
        const level_index stage = given.stage(0)[row];
        if (stage == no_level)
            return make_error(errc::invalid_argument,
                              "row " + std::to_string(row + 1) + " of the batch was not scored");
        out.stages.emplace(customer, static_cast<std::int32_t>(stage));
    }
    return out;
}

std::string model_of(const batch& rows) {
    const model& subject = rows.made_for().model;
    return subject.fingerprint.empty() ? fingerprint_of(subject) : subject.fingerprint;
}

agreement_seal seal_of(const batch& rows, const stage_list& list, std::string_view nonce) {
    const ladder& stages = rows.made_for().model.rules.ladders.front();
    agreement_seal out{model_of(rows),     stages.name,
                       list.as_of,         static_cast<std::int64_t>(list.stages.size()),
                       std::string{nonce}, {}};
    detail::canonical_writer to;
    to.text("aiueo seal 1");
    to.text(out.nonce);
    to.text(out.model);
    to.text(out.ladder);
    to.integer(std::int64_t{out.as_of});
    to.each(list.stages, [&](const auto& one) {
        to.text(one.first);
        to.text(stages.rungs[static_cast<std::size_t>(one.second)].name);
    });
    out.commitment = sha256_hex(to.take());
    return out;
}

status check_nonce(std::string_view nonce) {
    const bool printable =
        std::all_of(nonce.begin(), nonce.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    if (printable && nonce.size() >= min_nonce_bytes && nonce.size() <= max_nonce_bytes) return {};
    return make_error(errc::invalid_argument,
                      "the nonce has " + std::to_string(nonce.size()) + " bytes; give " +
                          std::to_string(min_nonce_bytes) + " to " +
                          std::to_string(max_nonce_bytes) +
                          " printable ASCII characters from a source of random numbers");
}

// ── reading a seal ───────────────────────────────────────────────────────────

class seal_reader {
public:
    explicit seal_reader(std::string_view text) : document_(json::parse(text, {}, found_)) {}

    [[nodiscard]] result<agreement_seal> run() {
        for (const problem& one : found_) {
            if (one.severity == problem::level::error) return one.what;
        }
        if (document_.root() == json::nowhere ||
            document_[document_.root()].what != json::kind::object)
            return not_a_seal();
        // With its sheet, as the bindings get it, or alone.
        at_ = document_.root();
        if (const json::link* inner = document_.find(at_, "seal");
            inner != nullptr && document_[inner->to].what == json::kind::object)
            at_ = inner->to;
        const json::value* version = member(seal_version, json::kind::number);
        if (version == nullptr) return not_a_seal();
        if (version->number != 1) {
            return make_error(errc::unsupported, "a seal of version " +
                                                     format_number(version->number) +
                                                     "; this library reads version 1");
        }
        agreement_seal out;
        const json::value* customers = member("customers", json::kind::number);
        std::string as_of;
        if (!text("model", out.model) || !text("ladder", out.ladder) || !text("as_of", as_of) ||
            !text("nonce", out.nonce) || !text("commitment", out.commitment) ||
            customers == nullptr)
            return not_a_seal();
        const std::optional<std::int32_t> day = parse_date(as_of);
        const double count = customers->number;
        if (!day || !(count >= 1 && count < 9e15) || std::floor(count) != count ||
            !check_nonce(out.nonce).ok())
            return not_a_seal();
        out.as_of = *day;
        out.customers = static_cast<std::int64_t>(count);
        return out;
    }

private:
    [[nodiscard]] static error not_a_seal() {
        return make_error(errc::bad_value,
                          "not a seal, or a damaged one; give the file that was written when the "
                          "stages were sealed");
    }
    [[nodiscard]] const json::value* member(std::string_view key, json::kind what) const {
        const json::link* found = document_.find(at_, key);
        if (found == nullptr || document_[found->to].what != what) return nullptr;
        return &document_[found->to];
    }
    [[nodiscard]] bool text(std::string_view key, std::string& out) const {
        const json::value* found = member(key, json::kind::text);
        if (found != nullptr) out = document_.text_of(*found);
        return found != nullptr;
    }

    problems found_;
    json::document document_;
    json::index at_ = json::nowhere;
};

// ── opening ──────────────────────────────────────────────────────────────────

class opener {
public:
    opener(const batch& rows, const rank_history& ranks, const contract_history* contracts)
        : model_(rows.made_for().model), ranks_(ranks), contracts_(contracts) {}

    [[nodiscard]] status check_histories() const {
        if (!ranks_.finished())
            return make_error(errc::invalid_state, "the ranks are not finished");
        if (ranks_.ranks() != model_.study.ranks) {
            return make_error(errc::invalid_argument,
                              "the ranks were read for a model with other ranks");
        }
        if (contracts_ != nullptr && !contracts_->finished())
            return make_error(errc::invalid_state, "the contracts are not finished");
        return {};
    }

    /// Everything that can be wrong with the ranks, before a stage plays a part.
    [[nodiscard]] status check_ranks(const agreement_seal& seal, const stage_list& list) const {
        for (std::size_t k = 0; k < static_cast<std::size_t>(ranks_.customers()); ++k) {
            const std::string_view customer = ranks_.customer(k);
            if (!list.stages.contains(customer)) {
                return fail(errc::bad_value, "ranks",
                            quoted(customer) + " is not on the sheet; rank the " +
                                std::to_string(seal.customers) + " customers that were sealed",
                            "customer", customer);
            }
            std::vector<std::int32_t> members;
            for (const rank_entry& one : ranks_.at(k)) {
                if (one.as_of < seal.as_of) {
                    return fail(errc::bad_value, "ranks",
                                "is " + format_date(one.as_of) + ", before the seal of " +
                                    format_date(seal.as_of) + "; give the ranks of this round only",
                                "as_of", customer);
                }
                if (std::find(members.begin(), members.end(), one.by) != members.end()) {
                    return fail(
                        errc::duplicate_row, "ranks",
                        "was ranked twice by " +
                            (one.by < 0 ? "nobody named" : quoted(ranks_.members().text(one.by))) +
                            "; a member gives a customer one rank a round",
                        {}, customer);
                }
                members.push_back(one.by);
            }
        }
        return check_missing(list);
    }

    void fill(agreement_opening& out, const stage_list& list) {
        ranked_stages cells{model_};
        cells.sealed = true;
        cells.each_once = true;
        std::map<std::int32_t, ranked_stages::of_member> members;
        std::vector<opened_rank> all;
        for (std::size_t k = 0; k < static_cast<std::size_t>(ranks_.customers()); ++k) {
            const std::string_view customer = ranks_.customer(k);
            const std::int32_t stage = list.stages.find(customer)->second;
            const std::span<const rank_entry> given = ranks_.at(k);
            if (given.size() > 1) cells.each_once = false;
            opened_rank one{std::string{customer}, 0, stage, {}, {}, fate::none};
            if (contracts_ != nullptr) look_ahead(list.as_of, one);
            const auto group = static_cast<std::size_t>(evidence_group(customer));
            for (const rank_entry& entry : given) {
                one.rank = entry.rank;
                one.by =
                    entry.by < 0 ? std::string{} : std::string{ranks_.members().text(entry.by)};
                ranked_stages::of_member& member = members[entry.by];
                member.cells.resize(cells.size());
                member.by = one.by;
                member.named = entry.by >= 0;
                member.each_once = true;
                ++member.cells[((static_cast<std::size_t>(one.rank) * cells.stages.size() +
                                 static_cast<std::size_t>(stage)) *
                                    fates +
                                static_cast<std::size_t>(one.became)) *
                                   evidence_groups +
                               group];
                all.push_back(one);
            }
        }
        for (auto& [id, one] : members) cells.members.push_back(std::move(one));
        out.ranks = static_cast<std::int64_t>(all.size());
        out.contracts_given = contracts_ != nullptr;
        out.found = study_agreement(cells);
        list_apart(out, all);
    }

private:
    [[nodiscard]] status check_missing(const stage_list& list) const {
        constexpr std::size_t shown = 10;
        std::size_t missing = 0;
        std::string names;
        for (const auto& [customer, stage] : list.stages) {
            if (!ranks_.of(customer).empty()) continue;
            if (missing++ < shown) names += (names.empty() ? "" : ", ") + customer;
        }
        if (missing == 0) return {};
        if (missing > shown) names += ", …";
        return make_error(errc::invalid_state, "the seal stays closed: " + std::to_string(missing) +
                                                   " of " + std::to_string(list.stages.size()) +
                                                   " customers have no rank yet: " + names);
    }

    void look_ahead(std::int32_t as_of, opened_rank& to) const {
        const std::span<const contract> contracts = contracts_->of(to.customer);
        to.became = fate_after(contracts, as_of);
        if (to.became == fate::none) return;
        for (const contract& one : contracts) {  // by their ends
            if (one.end < as_of) continue;
            to.end = one.end;
            return;
        }
    }

    void list_apart(agreement_opening& out, const std::vector<opened_rank>& all) const {
        const auto apart = [](const opened_rank& one) { return std::abs(one.rank - one.stage); };
        const auto half = [](std::int32_t at, std::size_t of) {
            return 2 * at + 1 - static_cast<std::int32_t>(of);  // above 0: the upper one
        };
        for (const opened_rank& one : all) {
            if (out.found.comparable && apart(one) > 0) out.disagreements.push_back(one);
            if (one.became != fate::none && half(one.rank, model_.study.ranks.size()) > 0 &&
                half(one.stage, out.found.stages.size()) < 0)
                out.surprises.push_back(one);
        }
        std::stable_sort(out.disagreements.begin(), out.disagreements.end(),
                         [&](const opened_rank& a, const opened_rank& b) {
                             return apart(a) != apart(b) ? apart(a) > apart(b) : a.rank > b.rank;
                         });
        std::stable_sort(out.surprises.begin(), out.surprises.end(),
                         [](const opened_rank& a, const opened_rank& b) { return a.end < b.end; });
    }

    const model& model_;
    const rank_history& ranks_;
    const contract_history* contracts_;
};

std::string_view name_of(fate one) noexcept {
    switch (one) {
    case fate::none: return "none";
    case fate::kept: return "kept";
    case fate::lost: return "lost";
    case fate::open: return "open";
    }
    return "none";
}

void write_list(json_writer& out, std::string_view key, const agreement_opening& of,
                const std::vector<opened_rank>& list) {
    out.key(key).begin_array();
    for (const opened_rank& one : list) {
        out.begin_object()
            .member("customer", one.customer)
            .member("rank", of.found.ranks[static_cast<std::size_t>(one.rank)])
            .key("by");
        if (one.by.empty()) {
            out.null();
        } else {
            out.string(one.by);
        }
        out.member("stage", of.found.stages[static_cast<std::size_t>(one.stage)]);
        if (one.end) {
            out.member("end", format_date(*one.end))
                .member("days_to_end", *one.end - of.seal.as_of)
                .member("outcome", name_of(one.became));
        } else {
            out.key("end").null().key("days_to_end").null().key("outcome").null();
        }
        out.end_object();
    }
    out.end_array();
}

}  // namespace

result<sealed_stages> seal_agreement(const batch& rows, const scores& given, std::string_view nonce,
                                     std::int32_t as_of) {
    const default_float_mode usual;
    if (status ok = check_nonce(nonce); !ok) return std::move(ok).error();
    if (as_of != latest_snapshot && (as_of < min_text_day || as_of > max_text_day))
        return make_error(errc::invalid_argument, "as_of is no date from the year 1 to 9999");
    auto list = stages_of(rows, given, as_of);
    if (!list) return std::move(list).error();
    if (list->stages.empty()) {
        return make_error(errc::invalid_argument,
                          rows.rows() == 0 ? "there are no snapshots, so nothing to seal"
                                           : "no customer has a snapshot in the 31 days up to " +
                                                 format_date(list->as_of));
    }
    sealed_stages out;
    out.seal = seal_of(rows, *list, nonce);
    for (const auto& one : list->stages) out.customers.push_back(one.first);
    return out;
}

result<agreement_opening> open_agreement(const batch& rows, const scores& given,
                                         const rank_history& ranks, std::string_view seal,
                                         const contract_history* contracts) {
    const default_float_mode usual;
    auto said = seal_reader{seal}.run();
    if (!said) return std::move(said).error();
    opener open{rows, ranks, contracts};
    if (status ok = open.check_histories(); !ok) return std::move(ok).error();
    if (said->model != model_of(rows)) {
        return make_error(errc::invalid_argument,
                          "the stages were sealed with another model; open them with that one, or "
                          "seal them again and let them be ranked anew");
    }
    auto list = stages_of(rows, given, said->as_of);
    if (!list) return std::move(list).error();
    if (seal_of(rows, *list, said->nonce).commitment != said->commitment) {
        const auto now = static_cast<std::int64_t>(list->stages.size());
        return make_error(errc::invalid_argument,
                          "these are not the stages that were sealed" +
                              (now == said->customers
                                   ? ": the snapshots or the seal were changed"
                                   : ": the seal is of " + std::to_string(said->customers) +
                                         " customers, the snapshots have " + std::to_string(now)) +
                              "; give the snapshots as they were on " + format_date(said->as_of));
    }
    if (status ok = open.check_ranks(*said, *list); !ok) return std::move(ok).error();
    agreement_opening out;
    out.seal = *std::move(said);
    open.fill(out, *list);
    return out;
}

void write_json(json_writer& out, const agreement_seal& seal) {
    out.begin_object()
        .member(seal_version, 1)
        .member("model", seal.model)
        .member("ladder", seal.ladder)
        .member("as_of", format_date(seal.as_of))
        .member("customers", seal.customers)
        .member("nonce", seal.nonce)
        .member("commitment", seal.commitment)
        .end_object();
}

void write_sheet(json_writer& out, const sealed_stages& sealed) {
    out.begin_array();
    for (const std::string& one : sealed.customers) {
        out.begin_object()
            .member("customer", one)
            .member("as_of", format_date(sealed.seal.as_of))
            .key("rank")
            .null()
            .key("by")
            .null()
            .end_object();
    }
    out.end_array();
}

void write_json(json_writer& out, const agreement_opening& opened) {
    out.begin_object()
        .member("as_of", format_date(opened.seal.as_of))
        .member("customers", opened.seal.customers)
        .member("ranks", opened.ranks)
        .key("agreement");
    write_json(out, opened.found);
    write_list(out, "disagreements", opened, opened.disagreements);
    if (opened.contracts_given) {
        write_list(out, "surprises", opened, opened.surprises);
    } else {
        out.key("surprises").null();
    }
    out.end_object();
}

}  // namespace aiueo
