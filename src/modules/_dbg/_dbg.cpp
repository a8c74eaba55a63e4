#include <unistd.h>
#include "object/define.h"
namespace oro { namespace {
Result<void> out(Thread& t, Borrowed<Str> s) { (void)t; std::string x = wtf8_of(*s); if (::write(1, x.data(), x.size()) < 0) return {}; return {}; }
constexpr MethodDef fns[] = {function<out>("out", "s, /", "")};
} ORO_MODULE(dbg_module, .name = "_dbg", .functions = fns); }
