// The tables of co_linetable and co_exceptiontable, in the formats that Python 3.11 and later document: positions of each
// instruction in varints, exception ranges in big-endian groups of six bits. One entry stands for one of our instructions.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "bytecode/code_unit.h"

namespace oro {

std::string encode_positions(std::vector<Position> const& positions, int first_line);
// False if the text is malformed or doesn't have `count` instructions.
bool decode_positions(std::string_view table, int first_line, std::size_t count, std::vector<Position>& out);
std::string encode_exceptions(std::span<ExceptionEntry const> entries);

}  // namespace oro
