internal import SigV4

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#endif

/// The signing states that one thread has used last, as copies that no other thread refers to.
///
/// They contain no secret access key. A thread releases them when it has signed for other seconds or presigners, or
/// when it ends.
///
/// Each thread has one in memory of its own, which is reached by a pointer: that counts no references.
struct ThreadMoments {
    /// The entries, roughly in the order of their latest use.
    private var entries: [Entry] = []

    private struct Entry {
        let presigner: UInt64
        let second: Int64
        let moment: PresignMoment
    }

    /// The number of states that a thread keeps: those of a few presigners, for now and for the start of a window.
    private static let capacity = 8

    /// Returns the thread's state for a second, or `nil` if it has none.
    @inline(__always)
    mutating func moment(of presigner: UInt64, at second: Int64) -> PresignMoment? {
        for index in entries.indices where entries[index].second == second && entries[index].presigner == presigner {
            let moment = entries[index].moment
            // It moves ahead by one, away from the end, where states are dropped.
            if index > 0 { entries.swapAt(index - 1, index) }
            return moment
        }
        return nil
    }

    /// Keeps a copy that belongs to this thread, in place of the state that was used least recently.
    mutating func keep(_ moment: PresignMoment, of presigner: UInt64, at second: Int64) {
        if entries.count == Self.capacity { entries.removeLast() }
        entries.insert(Entry(presigner: presigner, second: second, moment: moment), at: 0)
    }
}

#if canImport(Darwin) || canImport(Glibc) || canImport(Musl) || canImport(Android)
extension ThreadMoments {
    /// The key of the pointer that each thread has, or `nil` if the process has no more keys.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { pointer in
            // Whether it's optional depends on the platform.
            let pointer: UnsafeMutableRawPointer? = pointer
            guard let moments = pointer?.assumingMemoryBound(to: ThreadMoments.self) else { return }
            moments.deinitialize(count: 1)
            moments.deallocate()
        }
        return status == 0 ? key : nil
    }()

    /// The calling thread's states, to be used before the next suspension.
    static var current: UnsafeMutablePointer<ThreadMoments>? {
        guard let key else { return nil }
        // Only `makeCurrent` sets the pointer, to memory that is valid until the thread ends.
        if let pointer = pthread_getspecific(key) { return pointer.assumingMemoryBound(to: ThreadMoments.self) }
        return makeCurrent(key)
    }

    private static func makeCurrent(_ key: pthread_key_t) -> UnsafeMutablePointer<ThreadMoments>? {
        let moments = UnsafeMutablePointer<ThreadMoments>.allocate(capacity: 1)
        guard pthread_setspecific(key, moments) == 0 else {
            moments.deallocate()
            return nil
        }
        moments.initialize(to: ThreadMoments())
        return moments
    }
}
#else
extension ThreadMoments {
    /// Always `nil`: without threads of POSIX, all threads share their states.
    static var current: UnsafeMutablePointer<ThreadMoments>? { nil }
}
#endif
