// Health for a back end: aiueo behind the back end's own threads, logger and types.
//
// One `health_service` a process. The model in use is shared: whoever began with a model ends with
// it, and the last one out frees it, so that a new one is taken without stopping anything.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/logger.h>

#include <aiueo/aiueo.hpp>

#include "portfolio.hpp"
#include "worker_pool.hpp"

namespace backend {

/// Scores as the back end shows them. NaN: too little is known for a number.
struct health {
    double implementation = 0;
    double utilization = 0;
    double engagement = 0;
    double overall = 0;
    double coverage = 0;     ///< share of what the model asks for that was known, 0..1
    std::string_view stage;  ///< of the first ladder; valid while the model is, see scorer::model()
    std::string_view could_be;  ///< the highest stage it could be; empty where the stage is sure
};

/// A model compiled, and how the back end's fields are called in it. Immutable.
class model_in_use {
public:
    explicit model_in_use(aiueo::plan compiled) : plan_(std::move(compiled)) {}
    [[nodiscard]] const aiueo::plan& plan() const noexcept { return plan_; }
    [[nodiscard]] std::string_view fingerprint() const noexcept {
        return plan_.model().fingerprint;
    }
    [[nodiscard]] health at(const aiueo::scores& from, std::size_t row) const;

private:
    aiueo::plan plan_;
};
using shared_model = std::shared_ptr<const model_in_use>;

class health_service;

/// Scores requests on one thread, with a row of memory that is used again and again. A new model is
/// taken at the next request.
class request_scorer {
public:
    explicit request_scorer(const health_service& service) : service_(&service) {}

    /// Errors: invalid_state (no model yet), those of aiueo::batch::set() and aiueo::score().
    [[nodiscard]] aiueo::result<health> score(const account& customer, day as_of);
    /// What the last request was scored with.
    [[nodiscard]] const shared_model& model() const noexcept { return model_; }

private:
    /// A batch of one row with the model's number for each of the back end's fields.
    struct memory {
        explicit memory(const aiueo::plan& plan);
        aiueo::batch row;
        aiueo::scores scored;
        std::array<std::int32_t, 8> fields{};
        std::int64_t requests = 0;
    };

    const health_service* service_;
    shared_model model_;  ///< outlives the memory below
    std::unique_ptr<memory> memory_;
};

/// A portfolio scored. Keeps its model; the portfolio must outlive it.
class scored_portfolio {
public:
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_.rows(); }
    [[nodiscard]] const model_in_use& model() const noexcept { return *model_; }
    [[nodiscard]] health at(std::int64_t row) const {
        return model_->at(scores_, static_cast<std::size_t>(row));
    }
    /// How many customers stand on each rung of the first ladder, lowest first.
    [[nodiscard]] std::vector<std::int64_t> by_stage() const;
    /// Why a customer's score is what it is, and what is missing for the next stage: lines for
    /// people. Errors: not_found.
    [[nodiscard]] aiueo::result<std::vector<std::string>> explain(std::string_view customer) const;

private:
    friend class health_service;
    scored_portfolio(shared_model model, aiueo::batch rows)
        : model_(std::move(model)), rows_(std::move(rows)), scores_(model_->plan(), rows_.rows()) {}

    shared_model model_;  ///< outlives what was made with it
    aiueo::batch rows_;
    aiueo::scores scores_;
};

class health_service {
public:
    health_service(std::shared_ptr<spdlog::logger> log, std::size_t threads)
        : log_(std::move(log)), pool_(threads) {}

    /// Reads a model file and takes it for everything that begins from now on. If the file is not a
    /// model, every problem goes to the log with line and column, and the old model stays.
    bool load(const std::filesystem::path& file);

    /// Null before the first load.
    [[nodiscard]] shared_model current() const;

    /// Scores all rows on the back end's threads. Errors: invalid_state (no model yet), those of
    /// aiueo::bind(), aiueo::batch::check_rows() and aiueo::score().
    [[nodiscard]] aiueo::result<scored_portfolio> score(const portfolio& customers);

private:
    std::shared_ptr<spdlog::logger> log_;
    worker_pool pool_;
    mutable std::mutex mutex_;
    shared_model current_;
};

}  // namespace backend
