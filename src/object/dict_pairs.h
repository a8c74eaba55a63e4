// The pairs of a dict as they stood at one moment, each counted: for walking while Python runs and other threads change the dict.
#pragma once
#include <vector>

#include "object/dict.h"

namespace oro {

struct DictPairs {
    struct Entry {
        Value key, value;
        std::int64_t hash;
    };
    std::vector<Entry> entries;
    std::size_t done = 0;                // entries before it were handed on with their counts

    DictPairs(Thread& t, Borrowed<Dict> dict);
    ~DictPairs();
    DictPairs(DictPairs const&) = delete;
};

}  // namespace oro
