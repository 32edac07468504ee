// capi › columns: a host's description of a column, checked and read as a view.
#pragma once

#include <deque>
#include <string_view>

#include "aiueo.h"
#include "aiueo/base/error.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo::capi {

/// The type of values behind a number of aiueo.h. invalid_argument for a number that is none.
[[nodiscard]] result<column_type> read_type(std::int32_t type);

/// Checks everything that can be seen: sizes, pointers, ranges, and of text every offset. `name` is
/// for messages. The view of a dictionary goes into `dictionaries`, where it stays.
///
/// Errors: invalid_argument, unsupported (fields this version does not know), bad_column (a type
/// that has no place there), bad_value (a text's offsets).
[[nodiscard]] result<column_view> read_column(const aiueo_column* given, std::string_view name,
                                              std::deque<column_view>& dictionaries);

}  // namespace aiueo::capi
