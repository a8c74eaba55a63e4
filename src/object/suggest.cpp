#include "object/suggest.h"

#include <algorithm>
#include <vector>

namespace oro {

namespace {

// Costs of the edit distance: one letter more, fewer or other, or only another case.
constexpr std::size_t kMove = 2, kCase = 1;
constexpr std::size_t kLongest = 40;

char folded(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

std::size_t substitution(char a, char b) {
    if (a == b) return 0;
    return folded(a) == folded(b) ? kCase : kMove;
}

// The distance between a and b, or any number above `limit`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
    if (a.empty() || b.empty()) return (a.size() + b.size()) * kMove;
    if (a.size() > kLongest || b.size() > kLongest) return limit + 1;
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j * kMove;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0], lowest = row[0] = (i + 1) * kMove;
        for (std::size_t j = 0; j < b.size(); ++j) {
            std::size_t changed = diagonal + substitution(a[i], b[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, diagonal + kMove, row[j] + kMove});
            lowest = std::min(lowest, row[j + 1]);
        }
        if (lowest > limit) return limit + 1;
    }
    return row.back();
}

}  // namespace

std::string_view closest_name(std::string_view wrong, std::span<std::string_view const> candidates) {
    std::string_view best;
    std::size_t best_distance = std::size_t(-1);
    for (std::string_view candidate : candidates) {
        if (candidate == wrong) continue;
        // No more than a third of the letters may differ.
        std::size_t limit = (wrong.size() + candidate.size() + 3) * kMove / 6;
        if (best_distance != std::size_t(-1)) limit = std::min(limit, best_distance - 1);
        std::size_t d = distance(wrong, candidate, limit);
        if (d > limit) continue;
        best = candidate;
        best_distance = d;
        if (d == 0) break;
    }
    return best;
}

}  // namespace oro
