// aiueo: everything, in the order in which data flows through it.
#pragma once

// The order is the order of the rooms.
// clang-format off

// base: results and errors, dates, money
#include "aiueo/base/version.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/log.hpp"
#include "aiueo/base/date.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/time_zone.hpp"

// stats: numbers in, numbers out
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/stats/trend.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/stats/ranking.hpp"
#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/information.hpp"
#include "aiueo/stats/tables.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/stats/kappa.hpp"
#include "aiueo/stats/isotonic.hpp"
#include "aiueo/stats/platt.hpp"
#include "aiueo/stats/least_squares.hpp"
#include "aiueo/stats/calibration.hpp"
#include "aiueo/stats/convolution.hpp"
#include "aiueo/stats/survival.hpp"

// table: columns as they lie in somebody's memory
#include "aiueo/table/column.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/arrow_export.hpp"

// model: what health means for one product
#include "aiueo/model/model.hpp"
#include "aiueo/model/parse_expression.hpp"
#include "aiueo/model/check.hpp"
#include "aiueo/model/read.hpp"

// score: plan × batch → scores, and why
#include "aiueo/score/plan.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/bind.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/explain.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/gap.hpp"
#include "aiueo/score/gap_json.hpp"
#include "aiueo/score/summary.hpp"
#include "aiueo/score/scores_table.hpp"
#include "aiueo/score/stream.hpp"

// evidence: what became of the customers
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/contracts_table.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/ledger_table.hpp"
#include "aiueo/evidence/ranks.hpp"
#include "aiueo/evidence/ranks_table.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/evidence/initiative_log_table.hpp"
#include "aiueo/evidence/histories.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/segment_levels.hpp"
#include "aiueo/evidence/conditions.hpp"
#include "aiueo/evidence/panel.hpp"
#include "aiueo/evidence/exposures.hpp"
#include "aiueo/evidence/rank_counts.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/sizes.hpp"
#include "aiueo/evidence/state.hpp"

// study: findings
#include "aiueo/study/finding.hpp"
#include "aiueo/study/slices.hpp"
#include "aiueo/study/renewal.hpp"
#include "aiueo/study/association.hpp"
#include "aiueo/study/calibration.hpp"
#include "aiueo/study/initiative.hpp"
#include "aiueo/study/validation.hpp"
#include "aiueo/study/contrasts.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/drift.hpp"
#include "aiueo/study/agreement_finding.hpp"
#include "aiueo/study/agreement.hpp"
#include "aiueo/study/registry.hpp"
#include "aiueo/action/agreement_seal.hpp"
