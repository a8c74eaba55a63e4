// What a thread does when its breaker word is set.
#include "memory/world.h"
#include "object/defer_contended.h"
#include "object/collect.h"
#include "object/locked.h"
#include "object/raise.h"
#include "runtime/signals.h"
#include "vm/monitoring.h"

namespace oro {

Result<void> safepoint(Python& py) {
    assert(py.sections == 0);
    std::uint32_t left = memory_safepoint(py);
    if (py.doomed) destroy_doomed(py);
    if (left & monitor::kMonitorBit) monitor::catch_up(py);
    if (left & breaker::contention) defer_contended(py);
    if (left & breaker::collect) CHECK(collect_if_due(py));
    if ((left & breaker::signal) && py.is_main) CHECK(run_signal_handlers(py));
    if (left & breaker::async_exc) {
        py.breaker.fetch_and(~breaker::async_exc, std::memory_order_acq_rel);
        Value exception{__atomic_exchange_n(&py.async_exception.bits, 0, __ATOMIC_ACQ_REL)};
        if (exception) {
            Ref<> e = Ref<>::adopt(exception);
            return raise_object(py, std::move(e));
        }
    }
    return {};
}

}  // namespace oro
