// The threads that the back end has anyway. The library makes none.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace backend {

/// A fixed number of threads that share out numbered jobs.
class worker_pool {
public:
    explicit worker_pool(std::size_t threads) {
        for (std::size_t k = 0; k < threads; ++k) threads_.emplace_back([this] { serve(); });
    }
    ~worker_pool() {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true;
        }
        wake_.notify_all();
        for (std::thread& one : threads_) one.join();
    }
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// job(0) … job(count − 1), on all threads; returns when all are done. One caller at a time.
    /// `job` must not throw.
    void run(std::size_t count, const std::function<void(std::size_t)>& job) {
        const std::lock_guard one_caller{callers_};
        std::unique_lock lock{mutex_};
        job_ = &job;
        count_ = count;
        next_ = 0;
        busy_ = threads_.size();
        ++round_;
        wake_.notify_all();
        done_.wait(lock, [this] { return busy_ == 0; });
        job_ = nullptr;
    }

private:
    void serve() {
        std::size_t seen = 0;
        std::unique_lock lock{mutex_};
        while (true) {
            wake_.wait(lock, [&] { return stopping_ || round_ != seen; });
            if (stopping_) return;
            seen = round_;
            const std::function<void(std::size_t)>& job = *job_;
            const std::size_t count = count_;
            lock.unlock();
            for (std::size_t k = next_++; k < count; k = next_++) job(k);
            lock.lock();
            if (--busy_ == 0) done_.notify_one();
        }
    }

    std::mutex callers_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    const std::function<void(std::size_t)>* job_ = nullptr;
    std::size_t count_ = 0;
    std::atomic<std::size_t> next_ = 0;
    std::size_t busy_ = 0;
    std::size_t round_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace backend
