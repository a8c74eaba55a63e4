// Critical sections. Locked<T> holds the lock of an object and is the only way to its `guarded` part.
//
// While a section is held no Python code runs and no safepoint is passed: operations that hold one take Thread&, and
// objects whose last count is dropped meanwhile wait in Thread::doomed until the section ends. A thread that is alone
// needs no atomic operation: another thread can only come to life at a safepoint.
#pragma once
#include "memory/lock.h"
#include "object/thread.h"

namespace oro {

// Destroys what was dropped inside a section; when the last section has ended.
void destroy_doomed(Thread& t);

// A section on one object, without access to anything.
class Section {
public:
    Section(Thread& t, Object* o) : t_(t), o_(t.alone ? nullptr : o) {
        assert(t.sections == 0 && "sections don't nest; use Section2");
        if (o_) oro::lock(t_, o_->lock);
        ++t_.sections;
    }
    ~Section() {
        if (o_) oro::unlock(o_->lock);
        --t_.sections;
        if (t_.doomed) [[unlikely]] destroy_doomed(t_);
    }
    Section(Section const&) = delete;

private:
    Thread& t_;
    Object* o_;
};

// A section on two objects. It never waits for one with the other in hand: no order of locks is needed, and no lock is
// held by a detached thread, which a child of fork would find taken for ever.
class Section2 {
public:
    Section2(Thread& t, Object* a, Object* b) : t_(t) {
        assert(t.sections == 0);
        if (!t.alone) {
            first_ = a;
            second_ = b;
            oro::lock(t_, first_->lock);
            while (second_ != first_ && !oro::try_lock(second_->lock)) {
                oro::unlock(first_->lock);
                std::swap(first_, second_);
                oro::lock(t_, first_->lock);
            }
        }
        ++t_.sections;
    }
    ~Section2() {
        if (first_) {
            if (second_ != first_) oro::unlock(second_->lock);
            oro::unlock(first_->lock);
        }
        --t_.sections;
        if (t_.doomed) [[unlikely]] destroy_doomed(t_);
    }
    Section2(Section2 const&) = delete;

private:
    Thread& t_;
    Object* first_ = nullptr;
    Object* second_ = nullptr;
};

template <class T> class [[nodiscard]] Locked {
public:
    Locked(Thread& t, Borrowed<T> o) : section_(t, o.get()), o_(o.get()) {}
    Locked(Locked const&) = delete;
    typename T::Guarded* operator->() const { return &o_->guarded; }
    T* object() const { return o_; }

private:
    Section section_;
    T* o_;
};

}  // namespace oro
