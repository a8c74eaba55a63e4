// from __future__ import ...: which features a program asks for.
#include "compiler/compile.h"
#include "compiler/symtable.h"

namespace oro::compiler {

using namespace syntax;

FutureFeatures future_features(Arena& arena, Mod const& tree) {
    FutureFeatures result;
    Seq<Stmt> statements;
    if (auto* m = as<Module>(&tree))
        statements = m->body;
    else if (auto* i = as<Interactive>(&tree))
        statements = i->body;
    bool first = true;
    for (Stmt* s : statements) {
        auto* from = as<ImportFrom>(s);
        if (from && from->module == std::string_view("__future__") && from->level == 0) {
            for (Alias* a : from->names) {
                std::string_view name = a->name.text();
                constexpr std::string_view kAlwaysOn[] = {
                    "nested_scopes",  "generators",     "division",         "absolute_import",
                    "with_statement", "print_function", "unicode_literals", "generator_stop"};
                bool known = false;
                for (std::string_view on : kAlwaysOn) known |= name == on;
                if (name == "annotations") {
                    result.flags |= CO_FUTURE_ANNOTATIONS;
                } else if (name == "barry_as_FLUFL") {
                    result.flags |= CO_FUTURE_BARRY_AS_BDFL;
                } else if (name == "braces") {
                    result.error = make_error(arena, ErrorKind::syntax_error, "not a chance", a);
                    return result;
                } else if (!known) {
                    std::string message =
                        "future feature " + std::string(name.substr(0, 100)) + " is not defined";
                    result.error = make_error(arena, ErrorKind::syntax_error, message, a);
                    return result;
                }
            }
            result.last_line = s->lineno;
            result.last_column = s->col_offset;
        } else {
            // Only a docstring may stand before the imports.
            auto* e = as<ExprStmt>(s);
            auto* c = e ? as<syntax::Constant>(e->value) : nullptr;
            if (!first || !c || !c->value.is(ConstantValue::Kind::Str)) break;
        }
        first = false;
    }
    return result;
}

}  // namespace oro::compiler
