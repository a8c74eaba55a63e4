// The functions behind str's tables; each group has its own file. None changes anything: str is immutable, so that they need
// no lock.
#pragma once
#include <vector>

#include "object/chars.h"
#include "object/define.h"
#include "types/text_algorithms.h"

namespace oro {

extern Type str_type, str_iterator_type, str_ascii_iterator_type;

namespace str_methods {

using Text = Borrowed<Str>;
using Made = Result<Ref<Str>>;

// Text of a str in at least as wide units as asked for.
template <CodeUnit T> class Widened {
public:
    explicit Widened(Str const& s) {
        if (s.width() == sizeof(T)) {
            view_ = chars_as<T>(s);
        } else {
            store_.resize(s.length());
            copy_chars(s, 0, s.length(), store_.data(), sizeof(T));
            view_ = store_;
        }
    }
    operator std::span<T const>() const { return view_; }

private:
    std::vector<T> store_;
    std::span<T const> view_;
};

// A copy as an exact str; the object itself if it is one.
Made exact(Thread& t, Text s);
// Python's start and end arguments, None for the default.
Result<text::Range> range_of(Python& py, Borrowed<> start, Borrowed<> end, std::size_t length);
// Where sub occurs within the range, or kNotFound.
std::size_t find_str(Str const& s, Str const& sub, text::Range range);
std::size_t rfind_str(Str const& s, Str const& sub, text::Range range);

// str_search.cpp
Result<std::int64_t> find(Python&, Text, Text sub, Borrowed<> start, Borrowed<> end);
Result<std::int64_t> rfind(Python&, Text, Text sub, Borrowed<> start, Borrowed<> end);
Result<std::int64_t> index(Python&, Text, Text sub, Borrowed<> start, Borrowed<> end);
Result<std::int64_t> rindex(Python&, Text, Text sub, Borrowed<> start, Borrowed<> end);
Result<std::int64_t> count(Python&, Text, Text sub, Borrowed<> start, Borrowed<> end);
Result<bool> startswith(Python&, Text, Borrowed<> prefix, Borrowed<> start, Borrowed<> end);
Result<bool> endswith(Python&, Text, Borrowed<> suffix, Borrowed<> start, Borrowed<> end);
Made removeprefix(Thread&, Text, Text prefix);
Made removesuffix(Thread&, Text, Text suffix);
Made replace(Thread&, Text, Text old, Text with, Index count);
Result<bool> contains(Thread&, Text, Borrowed<> item);

// str_split.cpp
Result<Ref<List>> split(Thread&, Text, Borrowed<> sep, Index maxsplit);
Result<Ref<List>> rsplit(Thread&, Text, Borrowed<> sep, Index maxsplit);
Result<Ref<List>> splitlines(Thread&, Text, bool keepends);
Result<Ref<Tuple>> partition(Thread&, Text, Text sep);
Result<Ref<Tuple>> rpartition(Thread&, Text, Text sep);
Made strip(Thread&, Text, Borrowed<> chars);
Made lstrip(Thread&, Text, Borrowed<> chars);
Made rstrip(Thread&, Text, Borrowed<> chars);
Made join(Python&, Text, Borrowed<> iterable);

// str_case.cpp
Made upper(Thread&, Text);
Made lower(Thread&, Text);
Made title(Thread&, Text);
Made capitalize(Thread&, Text);
Made swapcase(Thread&, Text);
Made casefold(Thread&, Text);
bool isascii(Thread&, Text);
bool islower(Thread&, Text);
bool isupper(Thread&, Text);
bool istitle(Thread&, Text);
bool isspace(Thread&, Text);
bool isdecimal(Thread&, Text);
bool isdigit(Thread&, Text);
bool isnumeric(Thread&, Text);
bool isalpha(Thread&, Text);
bool isalnum(Thread&, Text);
bool isidentifier(Thread&, Text);
bool isprintable(Thread&, Text);

// str_layout.cpp
Made center(Thread&, Text, Index width, Optional<> fill);
Made ljust(Thread&, Text, Index width, Optional<> fill);
Made rjust(Thread&, Text, Index width, Optional<> fill);
Made zfill(Thread&, Text, Index width);
Made expandtabs(Thread&, Text, int tabsize);
Made repeat(Python&, Text, Borrowed<> count);
Made repr(Thread&, Text);
Made translate(Python&, Text, Borrowed<> table);
Result<Ref<Dict>> maketrans(Python&, Borrowed<> x, Optional<> y, Optional<> z);

// str_format.cpp, str_printf.cpp
Value format(Python&, Native&, Value self, Value const* args, std::size_t positional, Tuple* keyword_names);
Made format_map(Python&, Text, Borrowed<> mapping);
Result<Ref<>> format_value(Python&, Text, Text spec);
Result<Ref<>> modulo(Python&, Borrowed<> format, Borrowed<> values);

// str_iterator.cpp
Result<Ref<>> iterate(Thread&, Text);

}  // namespace str_methods


}  // namespace oro
