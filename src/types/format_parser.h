// The parser of str.format's templates (PEP 3101), shared with the module _string. It works on ranges of a str that the
// caller holds.
#pragma once
#include "object/chars.h"

namespace oro {

struct TextRange {
    std::size_t begin = 0, end = 0;
    bool empty() const { return begin >= end; }
};

// One step: literal text, then perhaps a replacement field.
struct TemplatePart {
    TextRange literal;
    bool has_field = false;
    TextRange name, spec;
    char32_t conversion = 0;          // 0: none
    bool spec_has_fields = false;
};

class TemplateParser {
public:
    TemplateParser(Str const& s, TextRange range) : s_(s), at_(range.begin), end_(range.end) {}
    // False at the end.
    Result<bool> next(Thread& t, TemplatePart& out);

private:
    Result<void> parse_field(Thread& t, TemplatePart& out);
    Str const& s_;
    std::size_t at_, end_;
};

// The first part of a field's name, and then its attributes and items one by one.
struct FieldName {
    TextRange first;
    std::int64_t index = -1;          // the first part as a number
};
struct FieldStep {
    bool is_attribute = false;
    TextRange name;
    std::int64_t index = -1;          // of an item given as a number
};
class FieldNameParser {
public:
    FieldNameParser(Str const& s, TextRange name) : s_(s), name_(name) {}
    Result<FieldName> first(Thread& t);
    Result<bool> next(Thread& t, FieldStep& out);

private:
    Result<std::int64_t> number(Thread& t, TextRange digits);
    Str const& s_;
    TextRange name_;
    std::size_t at_ = 0;
};

}  // namespace oro
