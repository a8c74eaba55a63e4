// A stable merge sort of natural runs, merged in the order of powersort (Munro & Wild 2018), with galloping merges as in
// timsort. `Less` is asked `less(a, b)`: 1, 0, or -1 for an exception; then sorting stops, and the items are some
// permutation of what they were.
#pragma once
#include <cstddef>
#include <cstring>

#include "memory/heap.h"

namespace oro {

enum class Sorted { done, raised, no_memory };

template <class E, class Less> class MergeSort {
public:
    MergeSort(E* items, std::size_t n, Less& less) : items_(items), n_(n), less_(less) {}
    ~MergeSort() { buffer_free(spare_); }

    Sorted run() {
        if (n_ < 2) return Sorted::done;
        std::size_t shortest = shortest_run(n_);
        for (std::size_t begin = 0; begin < n_;) {
            std::size_t length = find_run(begin);
            if (failed()) return result_;
            if (length < shortest) {
                std::size_t wanted = n_ - begin < shortest ? n_ - begin : shortest;
                insert_sort(begin, wanted, length);
                if (failed()) return result_;
                length = wanted;
            }
            push_run(begin, length);
            if (failed()) return result_;
            begin += length;
        }
        while (depth_ > 1) {
            merge_top();
            if (failed()) return result_;
        }
        return Sorted::done;
    }

private:
    struct Run {
        std::size_t begin, length;
        int power;         // of the boundary in front of it
    };
    static constexpr std::size_t kGallopAfter = 7;

    bool failed() const { return result_ != Sorted::done; }

    // True if a < b; an exception makes it false and is kept.
    bool less(E const& a, E const& b) {
        int r = less_(a, b);
        if (r < 0) result_ = Sorted::raised;
        return r > 0;
    }

    // Between 32 and 64, such that n divided by it is just below a power of two.
    static std::size_t shortest_run(std::size_t n) {
        std::size_t odd = 0;
        for (; n >= 64; n >>= 1) odd |= n & 1;
        return n + odd;
    }

    // The length of the run that begins there; a strictly descending one is reversed.
    std::size_t find_run(std::size_t begin) {
        if (begin + 1 == n_) return 1;
        std::size_t end = begin + 2;
        if (less(items_[begin + 1], items_[begin])) {
            while (end < n_ && less(items_[end], items_[end - 1])) ++end;
            if (!failed()) reverse(begin, end);
        } else {
            while (end < n_ && !failed() && !less(items_[end], items_[end - 1])) ++end;
        }
        return end - begin;
    }

    void reverse(std::size_t begin, std::size_t end) {
        for (; begin + 1 < end; ++begin, --end) {
            E item = items_[begin];
            items_[begin] = items_[end - 1];
            items_[end - 1] = item;
        }
    }

    // Binary insertion of what follows the first `sorted` items.
    void insert_sort(std::size_t begin, std::size_t length, std::size_t sorted) {
        E* a = items_ + begin;
        for (std::size_t i = sorted; i < length; ++i) {
            E item = a[i];
            std::size_t low = 0, high = i;
            while (low < high) {
                std::size_t middle = low + (high - low) / 2;
                if (less(item, a[middle])) high = middle;
                else low = middle + 1;
                if (failed()) return;
            }
            std::memmove(static_cast<void*>(a + low + 1), a + low, (i - low) * sizeof(E));
            a[low] = item;
        }
    }

    // How deep in a perfectly balanced merge tree the boundary between two neighbouring runs lies.
    int power_of(Run const& left, std::size_t right_length) const {
        std::size_t a = 2 * left.begin + left.length, b = a + left.length + right_length;
        for (int power = 1;; ++power) {
            if (a >= n_) {
                a -= n_;
                b -= n_;
            } else if (b >= n_) {
                return power;
            }
            a *= 2;
            b *= 2;
        }
    }

    void push_run(std::size_t begin, std::size_t length) {
        int power = 0;
        if (depth_ > 0) {
            power = power_of(runs_[depth_ - 1], length);
            while (depth_ > 1 && runs_[depth_ - 1].power > power) {
                merge_top();
                if (failed()) return;
            }
        }
        runs_[depth_++] = {begin, length, power};
    }

    void merge_top() {
        Run &left = runs_[depth_ - 2], &right = runs_[depth_ - 1];
        merge(left.begin, left.length, right.length);
        left.length += right.length;
        --depth_;
        if (!failed()) less_.pause(*this);
    }

    // Items of `a` that are not above the key, i.e. the first index where key < a[i]. Searches from the front in growing steps.
    std::size_t not_above(E const& key, E const* a, std::size_t n) {
        std::size_t low = 0, step = 1;
        while (low + step <= n && !less(key, a[low + step - 1])) {
            if (failed()) return 0;
            low += step;
            step *= 2;
        }
        std::size_t high = low + step <= n ? low + step - 1 : n;
        while (low < high && !failed()) {
            std::size_t middle = low + (high - low) / 2;
            if (less(key, a[middle])) high = middle;
            else low = middle + 1;
        }
        return low;
    }
    // Items of `a` that are below the key: the first index where !(a[i] < key).
    std::size_t below(E const& key, E const* a, std::size_t n) {
        std::size_t low = 0, step = 1;
        while (low + step <= n && less(a[low + step - 1], key)) {
            low += step;
            step *= 2;
        }
        if (failed()) return 0;
        std::size_t high = low + step <= n ? low + step - 1 : n;
        while (low < high && !failed()) {
            std::size_t middle = low + (high - low) / 2;
            if (less(a[middle], key)) low = middle + 1;
            else high = middle;
        }
        return low;
    }
    // The same, searching from the back.
    std::size_t not_above_from_back(E const& key, E const* a, std::size_t n) {
        std::size_t high = n, step = 1;
        while (step <= high && less(key, a[high - step])) {
            high -= step;
            step *= 2;
        }
        if (failed()) return 0;
        std::size_t low = step <= high ? high - step + 1 : 0;
        while (low < high && !failed()) {
            std::size_t middle = low + (high - low) / 2;
            if (less(key, a[middle])) high = middle;
            else low = middle + 1;
        }
        return low;
    }
    std::size_t below_from_back(E const& key, E const* a, std::size_t n) {
        std::size_t high = n, step = 1;
        while (step <= high && !less(a[high - step], key)) {
            if (failed()) return 0;
            high -= step;
            step *= 2;
        }
        std::size_t low = step <= high ? high - step + 1 : 0;
        while (low < high && !failed()) {
            std::size_t middle = low + (high - low) / 2;
            if (less(a[middle], key)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    void merge(std::size_t begin, std::size_t left, std::size_t right) {
        E* a = items_ + begin;
        E* b = a + left;
        // What is in its place already takes no part.
        std::size_t skip = not_above(b[0], a, left);
        if (failed() || skip == left) return;
        a += skip;
        left -= skip;
        right = below_from_back(a[left - 1], b, right);
        if (failed() || right == 0) return;
        if (!reserve(left < right ? left : right)) return;
        if (left <= right) merge_from_front(a, left, b, right);
        else merge_from_back(a, left, b, right);
    }

    bool reserve(std::size_t n) {
        if (n <= spare_size_) return true;
        buffer_free(spare_);
        spare_ = static_cast<E*>(buffer_allocate(n * sizeof(E)));
        spare_size_ = spare_ ? n : 0;
        if (!spare_) result_ = Sorted::no_memory;
        return spare_ != nullptr;
    }

    static void move(E* to, E const* from, std::size_t n) { std::memmove(static_cast<void*>(to), from, n * sizeof(E)); }

    // The left run goes aside; the hole in front of `b` is always as large as what is left aside.
    void merge_from_front(E* to, std::size_t left, E* b, std::size_t right) {
        move(spare_, to, left);
        E* a = spare_;
        std::size_t gallop_after = kGallopAfter;
        while (left > 0 && right > 0) {
            std::size_t a_wins = 0, b_wins = 0;
            while (left > 0 && right > 0 && a_wins < gallop_after && b_wins < gallop_after) {
                bool b_first = less(*b, *a);
                if (failed()) break;
                if (b_first) {
                    *to++ = *b++;
                    --right;
                    ++b_wins;
                    a_wins = 0;
                } else {
                    *to++ = *a++;
                    --left;
                    ++a_wins;
                    b_wins = 0;
                }
            }
            while (left > 0 && right > 0 && !failed()) {
                a_wins = not_above(*b, a, left);
                if (failed()) break;
                move(to, a, a_wins);
                to += a_wins;
                a += a_wins;
                left -= a_wins;
                if (left == 0) break;
                b_wins = below(*a, b, right);
                if (failed()) break;
                move(to, b, b_wins);
                to += b_wins;
                b += b_wins;
                right -= b_wins;
                if (a_wins < kGallopAfter && b_wins < kGallopAfter) {
                    ++gallop_after;
                    break;
                }
                if (gallop_after > 1) --gallop_after;
            }
            if (failed()) break;
        }
        move(to, a, left);
    }

    // The right run goes aside, and the largest items are placed first.
    void merge_from_back(E* a, std::size_t left, E* b, std::size_t right) {
        move(spare_, b, right);
        E* to = b + right;             // one past the next place
        std::size_t gallop_after = kGallopAfter;
        while (left > 0 && right > 0) {
            std::size_t a_wins = 0, b_wins = 0;
            while (left > 0 && right > 0 && a_wins < gallop_after && b_wins < gallop_after) {
                bool a_last = less(spare_[right - 1], a[left - 1]);
                if (failed()) break;
                if (a_last) {
                    *--to = a[--left];
                    ++a_wins;
                    b_wins = 0;
                } else {
                    *--to = spare_[--right];
                    ++b_wins;
                    a_wins = 0;
                }
            }
            while (left > 0 && right > 0 && !failed()) {
                std::size_t keep = not_above_from_back(spare_[right - 1], a, left);
                if (failed()) break;
                a_wins = left - keep;
                to -= a_wins;
                move(to, a + keep, a_wins);
                left = keep;
                if (left == 0) break;
                keep = below_from_back(a[left - 1], spare_, right);
                if (failed()) break;
                b_wins = right - keep;
                to -= b_wins;
                move(to, spare_ + keep, b_wins);
                right = keep;
                if (a_wins < kGallopAfter && b_wins < kGallopAfter) {
                    ++gallop_after;
                    break;
                }
                if (gallop_after > 1) --gallop_after;
            }
            if (failed()) break;
        }
        move(to - right, spare_, right);
    }

public:
    void stop() { result_ = Sorted::raised; }   // for Less::pause

private:
    E* items_;
    std::size_t n_;
    Less& less_;
    E* spare_ = nullptr;
    std::size_t spare_size_ = 0;
    Run runs_[96];
    std::size_t depth_ = 0;
    Sorted result_ = Sorted::done;
};

}  // namespace oro
