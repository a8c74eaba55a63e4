// Walking left-leaning expressions (a + b + c, a.b().c[d]) in a loop instead of by recursion: the parser
// builds chains of a hundred thousand links without nesting, and so the compiler must take them.
#pragma once

#include "syntax/ast.h"

namespace oro::compiler {

// The first operand of a node on a spine; null if the node is none.
inline syntax::Expr* spine_child(syntax::Expr* e) {
    using namespace syntax;
    switch (e->kind) {
    case Kind::BinOp: return cast<BinOp>(e)->left;
    case Kind::Attribute: return cast<Attribute>(e)->value;
    case Kind::Subscript: return cast<Subscript>(e)->value;
    case Kind::Call: return cast<Call>(e)->func;
    default: return nullptr;
    }
}

}  // namespace oro::compiler
