internal import SigV4
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#endif

/// Keeps the signing state of the latest seconds, so that all URLs of one second share it.
///
/// A second is prepared once, by the thread that needs it first, and a signing key is derived once a day. Every thread
/// signs with a copy of its own, so that on the usual path it writes to no memory that other threads use. Otherwise the
/// counts of references would move between the caches of all processors for every URL.
final class SigningMomentCache: Sendable {
    private let target: PresignTarget
    /// Tells presigners apart in a thread's copies, also after one has been released.
    private let number = SigningMomentCache.latestNumber.wrappingAdd(1, ordering: .relaxed).newValue
    private let shared = Mutex(Shared())

    private struct Shared {
        var key: SigningKey?
        /// The latest moments, the last one first: those of now and of the start of some windows.
        var moments: [PresignMoment] = []
    }

    private static let latestNumber = Atomic<UInt64>(0)
    /// The number of seconds whose state is kept.
    private static let capacity = 4

    init(_ target: PresignTarget) { self.target = target }

    /// Returns the state for a second that the caller has checked to be in the years 1970 to 9999.
    func moment(at second: Int64) throws(R2ValidationError) -> PresignMoment {
        guard let thread = ThreadMoments.current else { return try sharedMoment(at: second) }
        if let moment = thread.pointee.moment(of: number, at: second) { return moment }
        let copy = try sharedMoment(at: second).copy()
        thread.pointee.keep(copy, of: number, at: second)
        return copy
    }

    private func sharedMoment(at second: Int64) throws(R2ValidationError) -> PresignMoment {
        let time: SigningTime
        do {
            time = try SigningTime(secondsSinceEpoch: second)
        } catch {
            throw R2ValidationError(.invalidTime, error.message)
        }
        // Prepared under the lock, so that threads that need the same second wait for it instead of preparing it too.
        return shared.withLock { shared in
            if let moment = shared.moments.first(where: { $0.time == time }) { return moment }
            let key = target.signingKey(at: time, after: shared.key)
            let moment = PresignMoment(target: target, time: time, key: key)
            shared.key = key
            if shared.moments.count == Self.capacity { shared.moments.removeLast() }
            shared.moments.insert(moment, at: 0)
            return moment
        }
    }
}

extension PresignTarget {
    init(_ config: R2Config) {
        let endpoint = config.endpoint
        let isInPath = config.addressingStyle == .path
        self.init(
            credentials: config.credentials.signing, region: config.region, service: "s3", scheme: endpoint.scheme,
            authority: isInPath ? endpoint.authority : "\(config.bucket).\(endpoint.authority)",
            pathPrefix: isInPath ? "\(endpoint.basePath)/\(config.bucket)/" : "/")
    }
}

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
