// evidence › table_id: which tables there are, and what lies in them. … ─► score ─► evidence
#pragma once

#include <cstdint>

namespace aiueo {

/// The tables in the order in which a state holds them; then nine a segment. Those from
/// `known_until` on are of customers' money over time, see revenue_shape.hpp.
enum class table_id : std::uint8_t {
    totals,    ///< 1 block: total
    ends,      ///< kind, lead, month: [level][term band][group][end_field]
    scores,    ///< kind, lead, group: [variable][lost, kept][bin]
    sums,      ///< kind, lead, group: [variable][lost, kept][n, Σ, Σ²], in tenths of a point
    products,  ///< kind, lead, fold, quarter: upper triangle over (kᵢsᵢ …, kᵢ …, y, 1)
    overall_scores,    ///< kind, lead, month: [group][lost, kept][bin] of overall
    customers,         ///< kind, lead: [group] customers with an observed end, each counted once
    metrics,           ///< kind, metric, code, at the first lead: [group][lost, kept]
    panel_levels,      ///< month: [level][group][panel_field]
    panel_scores,      ///< month: [variable][bin]
    panel_conditions,  ///< month: [condition][met][group][known, Σ] of axis O
    panel_metrics,     ///< metric, month, octave: [code within it]
    conditions,        ///< kind, quarter, at the first lead: [condition][met][lost, kept][group]
    initiatives,       ///< kind, stage, name, at the first lead: [exposure][lost, kept][group]
    calls,             ///< name and variant, month of sending: [group][call_field]
    ranks,        ///< month, name (the member, −1 unnamed): [rank][stage][fate][group], customers
    growth,       ///< kind, at the shortest lead: growth_cell() of ends that were expanded
    links,        ///< lag: link_cell()
    standing,     ///< month: standing_cell()
    known_until,  ///< day, the last that was told of: customers
    movements,    ///< month of being first active, month: [group][movement]
    retention,    ///< month: [rung level][group][retention_field]
    moves,        ///< the later month: [from][to][group][move_field]
    moves_by_member,  ///< the later month, name (−1 unnamed): [cycle][from][to][move_field]
    moves_by_team,    ///< likewise
    due,   ///< month, month of the end, term, tenure: [level][due_field], in force at the close
    came,  ///< month, month of the end: [level at the close before][term band][end_field]
    decisions,   ///< month of the end: [level at the close before][term band][group][end_field]
    renewals,    ///< month of the end, next term: renewal_cell(), of what was renewed
    due_sizes,   ///< month of the end, term, code of the MRR, tenure: [level][due_field], the last
                 ///< close
    completion,  ///< month of the start, days since: completion_field
    lives,  ///< group, hundredths of MRR after the horizon ÷ at first, first month: n, Σ MRR by
            ///< month
    segments,  ///< the first of the segments' tables
};

}  // namespace aiueo
