#include "types/format_parser.h"

#include "base/unicode.h"

namespace oro {

Result<bool> TemplateParser::next(Thread& t, TemplatePart& out) {
    out = TemplatePart{};
    if (at_ >= end_) return false;
    std::size_t begin = at_;
    while (at_ < end_ && s_.at(at_) != '{' && s_.at(at_) != '}') ++at_;
    out.literal = {begin, at_};
    if (at_ == end_) return true;
    char32_t brace = s_.at(at_++);
    bool doubled = at_ < end_ && s_.at(at_) == brace;
    if (doubled) {
        // One of the two stands for itself.
        out.literal.end = at_++;
        return true;
    }
    if (brace == '}') return raise(t, exc::ValueError, "Single '}' encountered in format string");
    if (at_ == end_) return raise(t, exc::ValueError, "Single '{' encountered in format string");
    out.has_field = true;
    CHECK(parse_field(t, out));
    return true;
}

Result<void> TemplateParser::parse_field(Thread& t, TemplatePart& out) {
    out.name.begin = at_;
    char32_t c = 0;
    bool found = false;
    while (at_ < end_ && !found) {
        c = s_.at(at_++);
        if (c == '{') return raise(t, exc::ValueError, "unexpected '{' in field name");
        if (c == '[') {
            while (at_ < end_ && s_.at(at_) != ']') ++at_;
        } else {
            found = c == '}' || c == ':' || c == '!';
        }
    }
    if (!found) return raise(t, exc::ValueError, "expected '}' before end of string");
    out.name.end = at_ - 1;
    if (c == '}') return {};
    if (c == '!') {
        if (at_ == end_) return raise(t, exc::ValueError, "end of string while looking for conversion specifier");
        out.conversion = s_.at(at_++);
        if (at_ < end_) {
            c = s_.at(at_++);
            if (c == '}') return {};
            if (c != ':') return raise(t, exc::ValueError, "expected ':' after conversion specifier");
        }
    }
    out.spec.begin = at_;
    for (int depth = 1; at_ < end_;) {
        c = s_.at(at_++);
        if (c == '{') {
            out.spec_has_fields = true;
            ++depth;
        } else if (c == '}' && --depth == 0) {
            out.spec.end = at_ - 1;
            return {};
        }
    }
    return raise(t, exc::ValueError, "unmatched '{' in format spec");
}

Result<std::int64_t> FieldNameParser::number(Thread& t, TextRange digits) {
    if (digits.empty()) return -1;
    std::int64_t n = 0;
    for (std::size_t i = digits.begin; i < digits.end; ++i) {
        int digit = unicode::decimal_value(s_.at(i));
        if (digit < 0) return -1;
        if (n > (INT64_MAX - digit) / 10) return raise(t, exc::ValueError, "Too many decimal digits in format string");
        n = n * 10 + digit;
    }
    return n;
}

Result<FieldName> FieldNameParser::first(Thread& t) {
    at_ = name_.begin;
    while (at_ < name_.end && s_.at(at_) != '.' && s_.at(at_) != '[') ++at_;
    FieldName out;
    out.first = {name_.begin, at_};
    out.index = TRY(number(t, out.first));
    return out;
}

Result<bool> FieldNameParser::next(Thread& t, FieldStep& out) {
    if (at_ >= name_.end) return false;
    out = FieldStep{};
    char32_t c = s_.at(at_++);
    out.name.begin = at_;
    if (c == '.') {
        out.is_attribute = true;
        while (at_ < name_.end && s_.at(at_) != '.' && s_.at(at_) != '[') ++at_;
        out.name.end = at_;
    } else if (c == '[') {
        while (at_ < name_.end && s_.at(at_) != ']') ++at_;
        if (at_ == name_.end) return raise(t, exc::ValueError, "Missing ']' in format string");
        out.name.end = at_++;
        out.index = TRY(number(t, out.name));
    } else {
        return raise(t, exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (out.name.empty()) return raise(t, exc::ValueError, "Empty attribute in format string");
    return true;
}

}  // namespace oro
