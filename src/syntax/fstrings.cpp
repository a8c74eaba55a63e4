// f-strings and t-strings: text with replacement fields.
#include <string>

#include "syntax/messages.h"
#include "syntax/parser.h"

namespace oro::syntax {

// One f-string or t-string; its parts are added one by one, for the literals beside it to join them.
void Parser::format_string(Items<Expr>& out) {
    Descent guard(*this);
    if (failed_) return;
    for (Expr* e : format_string_parts()) {
        auto* c = as<Constant>(e);
        if (!c || !c->value.text().empty()) out.add(e);
    }
}

std::span<Expr*> Parser::format_string_parts() {
    bool temp = at(Tok::TstringStart);
    Tok middle = temp ? Tok::TstringMiddle : Tok::FstringMiddle;
    Tok end = temp ? Tok::TstringEnd : Tok::FstringEnd;
    bool raw = string_body(*tok_).raw;
    ++tok_;

    // Text is decoded once the end is reached, as in CPython, so that faults and warnings come in its order.
    Items<Expr> parts(*this);
    std::vector<std::pair<Constant*, const Token*>> texts;
    while (!failed_ && !at(end)) {
        if (at(middle)) {
            Position start = here();
            const Token* token = tok_++;
            auto* c = node<Constant>(start);
            texts.emplace_back(c, token);
            parts.add(c);
        } else if (at(Tok::LeftBrace)) {
            replacement_field(parts, temp, raw);
        } else {
            fail();
        }
    }
    if (failed_) return {};
    const Token& last = *tok_++;
    for (auto [c, token] : texts) {
        c->value = decode_str(text_of(*token), raw, *token, last);
        if (failed_) return {};
    }
    return parts.take();
}

// The source of a field's expression, from the first token to before `end`, without comments.
std::string_view Parser::field_source(const Token* first, const Token* end) {
    std::string out;
    std::uint32_t at = first[-1].end;
    for (const Token* t = first;; ++t) {
        // Between tokens: white space, line ends and comments.
        bool comment = false;
        for (char c : source_.slice(at, t->start)) {
            if (c == '#') comment = true;
            if (c == '\n') comment = false;
            if (!comment) out += c;
        }
        if (t == end) break;
        out += text_of(*t);
        at = t->end;
    }
    return arena_.copy(std::string_view(out));
}

// `{expression=!conversion:spec}`. With `=`, the text of the expression comes as a part of its own first.
void Parser::replacement_field(Items<Expr>& out, bool interpolation, bool raw) {
    Position start = here();
    const Token* first = ++tok_;
    Expr* value = yield_or_star_expressions();
    bool debug = take(Tok::Equal);
    if (failed_) return;
    const Token* source_end = tok_;

    int conversion = -1;
    Position debug_end{};
    bool debug_end_known = false;
    if (at(Tok::Exclamation)) {
        const Token& mark = *tok_++;
        if (!at(Tok::Name)) return fail();
        const Token& name = *tok_++;
        char letter = interpolation ? 't' : 'f';
        if (mark.lineno != name.lineno || mark.end_col != name.col) {
            return report(ErrorKind::syntax_error, {mark.lineno, mark.col}, {name.end_lineno, name.end_col},
                          message(arena_, letter,
                                  "-string: conversion type must come right after the exclamation mark"));
        }
        std::string_view text = text_of(name);
        if (text != "s" && text != "r" && text != "a") {
            return report_at(name, message(arena_, letter, "-string: invalid conversion character '", text,
                                           "': expected 's', 'r', or 'a'"));
        }
        conversion = text[0];
        debug_end = {name.lineno, name.col};
        debug_end_known = true;
    }
    Expr* spec = nullptr;
    if (at(Tok::Colon)) {
        if (!debug_end_known) debug_end = {tok_->lineno, tok_->col + 1};
        debug_end_known = true;
        spec = format_spec(raw);
    }
    if (!at(Tok::RightBrace)) return fail();
    ++tok_;
    if (debug && conversion < 0 && !spec) conversion = 'r';

    Expr* field;
    std::string_view source = debug || interpolation ? field_source(first, source_end) : std::string_view{};
    if (interpolation) {
        auto* i = node<Interpolation>(start);
        i->value = value;
        // Of `{x = }` the text is "x ".
        i->str = ConstantValue::str(debug ? source.substr(0, source.rfind('=')) : source);
        i->conversion = conversion;
        i->format_spec = spec;
        field = i;
    } else {
        auto* f = node<FormattedValue>(start);
        f->value = value;
        f->conversion = conversion;
        f->format_spec = spec;
        field = f;
    }
    if (debug) {
        if (!debug_end_known) debug_end = {field->end_lineno, field->end_col_offset};
        auto* text = node<Constant>({start.lineno, start.col + 1});
        text->value = ConstantValue::str(source);
        text->end_lineno = debug_end.lineno;
        text->end_col_offset = debug_end.col - 1;
        out.add(text);
    }
    out.add(field);
}

// `:spec`, up to the closing brace.
Expr* Parser::format_spec(bool raw) {
    Position start = here();
    ++tok_;
    Items<Expr> parts(*this);
    for (;;) {
        if (at(Tok::FstringMiddle) || at(Tok::TstringMiddle)) {
            const Token& token = *tok_;
            Constant* c = format_text(raw, token, token);
            if (!c->value.text().empty()) parts.add(c);
        } else if (at(Tok::LeftBrace)) {
            replacement_field(parts, false, raw);
        } else {
            break;
        }
    }
    auto* j = node<JoinedStr>(start);
    j->values = merge_constants(parts.take(), true);
    return j;
}

Constant* Parser::format_text(bool raw, const Token& token, const Token& warn_token) {
    Position start = here();
    ++tok_;
    auto* c = node<Constant>(start);
    c->value = decode_str(text_of(token), raw, token, warn_token);
    if (failed_) c->value = ConstantValue::str("");
    return c;
}

}  // namespace oro::syntax
