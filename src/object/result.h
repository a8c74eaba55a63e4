// Failure in types. Whatever may fail returns Result<T>; a failed result means that an exception stands on the thread.
// No C++ exceptions. TRY unwraps or returns the failure to the caller.
#pragma once
#include <optional>

#include "object/ref.h"

namespace oro {

// 'An exception is set on the thread.'
struct [[nodiscard]] Raised {};

template <class T> class [[nodiscard]] Result {
public:
    Result(Raised) : ok_(false) {}
    template <class U> requires std::is_convertible_v<U&&, T>
    Result(U&& v) : v_(std::forward<U>(v)) {}
    bool raised() const { return !ok_; }
    T take() && { return std::move(*v_); }

private:
    std::optional<T> v_;
    bool ok_ = true;
};

// Small plain results travel in registers.
template <class T> requires(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>)
class [[nodiscard]] Result<T> {
public:
    Result(Raised) : ok_(false) {}
    template <class U> requires std::is_convertible_v<U&&, T>
    Result(U&& v) : v_(std::forward<U>(v)) {}
    bool raised() const { return !ok_; }
    T take() && { return v_; }

private:
    T v_{};
    bool ok_ = true;
};

template <> class [[nodiscard]] Result<void> {
public:
    constexpr Result() = default;
    Result(Raised) : ok_(false) {}
    bool raised() const { return !ok_; }
    void take() && {}

private:
    bool ok_ = true;
};

// One word; null is the failure.
template <class T> class ORO_TRIVIAL_ABI [[nodiscard]] Result<Ref<T>> {
public:
    Result(Raised) {}
    template <class U> requires std::is_convertible_v<U&&, Ref<T>>
    Result(U&& v) : v_(Ref<T>(std::forward<U>(v)).release()) {}
    Result(Result&& o) noexcept : v_(std::exchange(o.v_, Value{})) {}
    template <class U> requires(!std::is_same_v<U, T> && std::is_convertible_v<Ref<U>, Ref<T>>)
    Result(Result<Ref<U>>&& o) noexcept : v_(std::move(o).release()) {}
    Result& operator=(Result&&) = delete;
    ~Result() { detail::decref(v_); }
    static Result of_word(Value v) { Result r{Raised{}}; r.v_ = v; return r; }
    bool raised() const { return v_.is_null(); }
    Ref<T> take() && { return Ref<T>::adopt(std::exchange(v_, Value{})); }
    // The word of the calling convention: null if raised.
    [[nodiscard]] Value release() && { return std::exchange(v_, Value{}); }

private:
    Value v_;
};

// What an iterator yields: an item, the end, or a failure; one word (kEnd for the end).
class ORO_TRIVIAL_ABI [[nodiscard]] Next {
public:
    Next(Raised) {}
    template <class T> Next(Ref<T> item) : v_(item.release()) {}
    Next(Result<Ref<>> item) : v_(std::move(item).release()) {}
    Next(Next&& o) noexcept : v_(std::exchange(o.v_, Value{})) {}
    ~Next() { detail::decref(v_); }
    static Next end() { return of_word(kEnd); }
    static Next of_word(Value v) { Next n{Raised{}}; n.v_ = v; return n; }
    bool raised() const { return v_.is_null(); }
    bool ended() const { return v_ == kEnd; }
    Ref<> take() && { return Ref<>::adopt(std::exchange(v_, Value{})); }
    [[nodiscard]] Value release() && { return std::exchange(v_, Value{}); }

private:
    Value v_;
};

#define ORO_CONCAT2(a, b) a##b
#define ORO_CONCAT(a, b) ORO_CONCAT2(a, b)
// The value of a Result, or return the failure.
#define TRY(expr)                                                              \
    (__extension__({                                                           \
        auto oro_result = (expr);                                              \
        if (oro_result.raised()) [[unlikely]] return ::oro::Raised{};          \
        std::move(oro_result).take();                                          \
    }))
// Passes a failure on; for Result<void>.
#define CHECK(expr)                                                            \
    do {                                                                       \
        if ((expr).raised()) [[unlikely]] return ::oro::Raised{};              \
    } while (0)

}  // namespace oro
