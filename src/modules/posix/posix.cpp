// posix: the system calls, as os.py wants them. The functions stand in the other files of this folder.
#include "modules/posix/posix.h"

namespace oro::posix {

namespace {

Result<void> setup(Python& py, Module& m) {
    Ref<> module_name = Ref<Str>(intern_immortal(py, "posix"));
    for (auto table : {stat_functions(), directory_functions(), file_functions(), descriptor_functions(), transfer_functions(),
                       environment_functions(), path_functions(), attribute_functions(), process_functions(), fork_functions(),
                       spawn_functions(), identity_functions(), schedule_functions(), system_functions(), terminal_functions(),
                       configuration_functions(), special_functions()}) {
        for (MethodDef const& f : table) {
            Ref<Native> native = TRY(make_native_function(py, f, Borrowed<Module>(m).share(), module_name.share()));
            detail::make_immortal(native.get());  // as make_module does
            CHECK(add_to_module(py, m, f.name, std::move(native)));
        }
    }
    CHECK(add_constants(py, m));
    CHECK(add_stat_types(py, m));
    CHECK(add_configuration_names(py, m));
    CHECK(add_directory_types(py, m));
    CHECK(add_attribute_types(py, m));
    CHECK(add_process_types(py, m));
    CHECK(add_schedule_types(py, m));
    CHECK(add_system_types(py, m));
    CHECK(add_terminal_types(py, m));
    return add_environment(py, m);
}

}  // namespace

ORO_MODULE(posix_module, .name = "posix", .doc = "The system calls of POSIX and Linux; programs use them through the module os.",
           .setup = setup);

}  // namespace oro::posix
