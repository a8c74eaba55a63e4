// Compiling the grammar's text.
#include <cassert>
#include <string>
#include <unordered_map>

#include "syntax/char_class.h"
#include "syntax/diagnose_grammar.h"

namespace oro::syntax {
namespace {

using Op = GrammarItem::Op;

// Sorts of token by the names that the grammar calls them.
Tok token_sort(std::string_view name) {
#define TOKEN(Name, python, text) \
    if (name == python) return Tok::Name;
#include "syntax/tokens.def"
    return Tok::Error;
}

Tok exact_token(std::string_view text) {
    static constexpr std::string_view texts[] = {
#define TOKEN(Name, python, text) text,
#define KEYWORD(Name, text) text,
#include "syntax/tokens.def"
    };
    for (std::size_t i = 0; i < std::size(texts); ++i)
        if (texts[i] == text) return static_cast<Tok>(i);
    return Tok::Error;
}

class Compiler {
public:
    Compiler(Grammar& g, std::unordered_map<std::string_view, int>& names) : g_(g), names_(names) {}

    // Declares the rules, so that they may refer to each other.
    void declare(std::string_view text) {
        for_each_rule(text, [&](std::string_view name, bool shared, std::string_view) {
            names_[name] = static_cast<int>(g_.rules.size());
            GrammarRule r;
            r.name = name;
            if (shared) r.memo = static_cast<int>(g_.memo_count++);
            r.mistake = name.starts_with("invalid_");
            g_.rules.push_back(r);
        });
    }

    void define(std::string_view text) {
        for_each_rule(text, [&](std::string_view name, bool, std::string_view body) {
            at_ = body.data();
            end_ = at_ + body.size();
            auto [first, count] = alternatives();
            GrammarRule& r = g_.rules[static_cast<std::size_t>(names_[name])];
            r.alternatives = first;
            r.count = count;
        });
    }

private:
    struct Range {
        std::uint16_t first, count;
    };

    // Rules start in the first column; their bodies go on in indented lines.
    template <class Fn>
    static void for_each_rule(std::string_view text, Fn&& fn) {
        std::size_t i = 0;
        while (i < text.size()) {
            if (text[i] == '\n') {
                ++i;
                continue;
            }
            std::size_t colon = text.find(':', i);
            std::size_t end = i;
            do end = std::min(text.find('\n', end + 1), text.size());
            while (end + 1 < text.size() && text[end + 1] == ' ');
            std::string_view name = text.substr(i, colon - i);
            bool shared = name.ends_with('*');
            if (shared) name.remove_suffix(1);
            fn(name, shared, text.substr(colon + 1, end - colon - 1));
            i = end;
        }
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n')) ++at_;
    }
    bool take(char c) {
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    std::string_view word() {
        const char* start = at_;
        while (at_ != end_ && (continues_name(*at_))) ++at_;
        return {start, static_cast<std::size_t>(at_ - start)};
    }
    std::string_view until(char quote) {
        const char* start = at_;
        while (*at_ != quote || at_[-1] == '\\') ++at_;
        return {start, static_cast<std::size_t>(at_++ - start)};
    }

    Range alternatives() {
        std::vector<GrammarAlternative> found;
        do found.push_back(alternative());
        while (take('|'));
        Range r{static_cast<std::uint16_t>(g_.alternatives.size()), static_cast<std::uint16_t>(found.size())};
        g_.alternatives.insert(g_.alternatives.end(), found.begin(), found.end());
        return r;
    }

    GrammarAlternative alternative() {
        std::vector<GrammarItem> found;
        GrammarAlternative out;
        for (;;) {
            skip_space();
            if (at_ == end_ || *at_ == '|' || *at_ == ')') break;
            if (*at_ == '=') {
                at_ += 2;
                out.action = action();
                break;
            }
            found.push_back(item());
        }
        out.items = store(found);
        out.count = static_cast<std::uint16_t>(found.size());
        return out;
    }

    GrammarAction action() {
        GrammarAction a;
        skip_space();
        a.name = word();
        for (char* operand : {&a.first, &a.second}) {
            skip_space();
            if (at_ != end_ && (*at_ == 'a' || *at_ == 'b')) *operand = *at_++;
        }
        skip_space();
        if (at_ != end_ && *at_ == '"') {
            ++at_;
            a.message = until('"');
        }
        return a;
    }

    std::uint16_t store(const std::vector<GrammarItem>& found) {
        auto first = static_cast<std::uint16_t>(g_.items.size());
        g_.items.insert(g_.items.end(), found.begin(), found.end());
        return first;
    }

    // An item with what is written before and behind it.
    GrammarItem item() {
        skip_space();
        char capture = 0;
        if ((*at_ == 'a' || *at_ == 'b') && at_ + 1 != end_ && at_[1] == ':') {
            capture = *at_;
            at_ += 2;
        }
        GrammarItem out;
        if (take('&')) {
            if (take('&')) {
                out = item();
                out.op = Op::forced;
            } else {
                out = wrap(Op::ahead, item());
            }
        } else if (take('!')) {
            out = wrap(Op::not_ahead, item());
        } else if (take('~')) {
            out.op = Op::cut;
        } else {
            out = simple();
            if (at_ != end_ && *at_ == '?') {
                ++at_;
                out = wrap(Op::optional, out);
            } else if (at_ != end_ && *at_ == '*') {
                ++at_;
                out = wrap(Op::star, out);
            } else if (at_ != end_ && *at_ == '+') {
                ++at_;
                out = wrap(Op::plus, out);
            } else if (take('%')) {
                out = wrap(Op::separated, out);
                out.token = simple().token;
            }
        }
        out.capture = capture;
        return out;
    }

    GrammarItem wrap(Op op, const GrammarItem& inner) {
        GrammarItem out;
        out.op = op;
        out.index = store({inner});
        return out;
    }

    GrammarItem simple() {
        skip_space();
        GrammarItem out;
        if (take('(')) {
            Range r = alternatives();
            take(')');
            out.op = Op::group;
            out.index = r.first;
            out.count = r.count;
        } else if (take('\'')) {
            out.op = Op::token;
            out.token = exact_token(until('\''));
            assert(out.token != Tok::Error);
        } else if (take('"')) {
            out.op = Op::soft_keyword;
            out.text = until('"');
        } else {
            std::string_view name = word();
            assert(!name.empty());
            if (name == "NOTEQUAL") {
                out.op = Op::not_equal;
            } else if (name == "SOFT_KEYWORD") {
                out.op = Op::soft_keyword;
            } else if (name[0] < 'a') {
                out.op = Op::token;
                out.token = token_sort(name);
                assert(out.token != Tok::Error);
            } else {
                out.op = Op::rule;
                assert(names_.contains(name));
                out.index = static_cast<std::uint16_t>(names_[name]);
            }
        }
        return out;
    }

    Grammar& g_;
    std::unordered_map<std::string_view, int>& names_;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
};

}  // namespace

Grammar::Grammar() {
    std::unordered_map<std::string_view, int> names;
    Compiler c(*this, names);
    for (auto text : {kGrammarStatements, kGrammarExpressions, kGrammarMistakes}) c.declare(text);
    for (auto text : {kGrammarStatements, kGrammarExpressions, kGrammarMistakes}) c.define(text);
}

int Grammar::find(std::string_view name) const {
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].name == name) return static_cast<int>(i);
    return -1;
}

}  // namespace oro::syntax
