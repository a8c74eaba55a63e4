// The formatting of exception messages: each {} of the format stands for one argument.
#include <charconv>

#include "object/raise.h"
#include "object/str.h"

namespace oro {

namespace {

void add_type_name(Thread& t, StrBuilder& out, Type& type) {
    if (type.def) return out.add(std::string_view(type.def->name));
    // A class's name is interned, so that it can nearly always be counted without the class's lock; inside a critical
    // section that lock can't be taken.
    bool retry = false;
    auto name = Maybe<Str>::adopt(type.name.slot().try_share(&retry));
    if (!name && retry && t.sections == 0) name = type.name.load(&type);
    if (name) out.add(*(*name).get());
    else out.add("object");
}

void add_arg(Thread& t, StrBuilder& out, MessageArg const& arg) {
    switch (arg.kind) {
        case MessageArg::Kind::text: return out.add(arg.text);
        case MessageArg::Kind::integer: {
            char digits[24];
            auto end = std::to_chars(digits, digits + sizeof digits, arg.integer).ptr;
            return out.add(std::string_view(digits, std::size_t(end - digits)));
        }
        case MessageArg::Kind::object:
            assert(is<Str>(arg.object));
            return out.add(*static_cast<Str*>(arg.object.pointer()));
        case MessageArg::Kind::type_name: return add_type_name(t, out, type_of(arg.object));
    }
}

}  // namespace

Result<Ref<Str>> format_message(Thread& t, std::string_view format, std::initializer_list<MessageArg> args) {
    if (args.size() == 0) return make_str(t, format);
    StrBuilder out(t);
    auto next = args.begin();
    while (!format.empty()) {
        std::size_t at = next == args.end() ? format.npos : format.find("{}");
        out.add(format.substr(0, at));
        if (at == format.npos) break;
        add_arg(t, out, *next++);
        format.remove_prefix(at + 2);
    }
    return out.finish();
}

}  // namespace oro
