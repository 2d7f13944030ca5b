// Values and containers that live in memory contexts and are never destroyed.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::pg {

/// A value that may be forgotten at any moment: ereport(ERROR) jumps over the
/// frame that holds it, and the memory context takes its bytes back.
template <typename T>
concept Forgettable = std::is_trivially_destructible_v<T>;

/// Elements that repalloc may move.
template <typename T>
concept Relocatable = Forgettable<T> && std::is_trivially_copyable_v<T> && alignof(T) <= MAXIMUM_ALIGNOF;

/// Makes a T in the current memory context.
template <Forgettable T, typename... Args>
T *make(Args &&...args) {
    static_assert(alignof(T) <= MAXIMUM_ALIGNOF);
    return ::new (palloc(sizeof(T))) T{static_cast<Args &&>(args)...};
}

/// Grows in one memory context and never frees; the context does.
/// Do not keep a pointer into it across a push.
template <Relocatable T>
class Vector {
public:
    explicit Vector(MemoryContext context = CurrentMemoryContext) : context_(context) {}

    T &push(const T &value) {
        if (size_ == capacity_) [[unlikely]]
            grow(size_ + 1);
        return data_[size_++] = value;
    }
    void clear() { size_ = 0; }
    void resize_down(size_t size) { size_ = size; }
    T &back() {
        Assert(size_ > 0);
        return data_[size_ - 1];
    }
    T *begin() { return data_; }
    T *end() { return data_ + size_; }
    const T *begin() const { return data_; }
    const T *end() const { return data_ + size_; }
    T &operator[](size_t index) {
        Assert(index < size_);
        return data_[index];
    }
    const T &operator[](size_t index) const {
        Assert(index < size_);
        return data_[index];
    }
    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool contains(const T &value) const {
        for (const T &each : *this)
            if (each == value) return true;
        return false;
    }
    operator std::span<const T>() const { return {data_, size_}; }
    operator std::span<T>() { return {data_, size_}; }

private:
    void grow(size_t needed) {
        size_t capacity = capacity_ ? capacity_ * 2 : 8;
        if (capacity < needed) capacity = needed;
        data_ = static_cast<T *>(data_ ? repalloc_huge(data_, capacity * sizeof(T))
                                       : MemoryContextAllocHuge(context_, capacity * sizeof(T)));
        capacity_ = capacity;
    }

    T *data_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
    MemoryContext context_;
};
static_assert(Forgettable<Vector<int>>);

template <typename>
class FunctionRef;

/// Refers to a callable that outlives the call it is passed to.
template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
public:
    template <typename F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)
    FunctionRef(F &&f)
        : object_(const_cast<void *>(static_cast<const void *>(&f))), call_([](void *object, Args... args) -> R {
              return (*static_cast<std::remove_reference_t<F> *>(object))(static_cast<Args &&>(args)...);
          }) {}
    R operator()(Args... args) const { return call_(object_, static_cast<Args &&>(args)...); }

private:
    void *object_;
    R (*call_)(void *, Args...);
};

} // namespace cedro::pg
