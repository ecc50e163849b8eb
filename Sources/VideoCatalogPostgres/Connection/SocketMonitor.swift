#if Postgres
import Synchronization
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Told when its socket has something to read, takes writes again, or has failed.
protocol SocketHandler: AnyObject, Sendable {
    func socketIsReady()
}

/// One thread that waits for sockets, one of the ``SocketMonitors``.
///
/// It costs a statement one change of threads less than a `DispatchSource`, and no registering for each wait: a socket
/// stays watched between statements, so that a connection that the server closes is noticed at once.
final class SocketMonitor: Sendable {
    private struct Entry {
        let socket: Int32
        let handler: any SocketHandler
        var wantsToWrite = false
    }

    private struct Entries {
        var byToken: [UInt64: Entry] = [:]
        var nextToken: UInt64 = 0
        var isRunning = false
    }

    private let entries = Mutex(Entries())
    /// What tasks that prefer this thread have to do.
    private let jobs = Mutex<[UnownedJob]>([])
    /// The thread, as a number; 0 before it runs.
    private let thread = Atomic<UInt>(0)
    /// Grows with each change of the entries.
    private let version = Atomic<UInt64>(1)
    /// A pipe to wake the thread with: where it reads, and where others write.
    private let wakeUp: (reads: Int32, writes: Int32)

    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        wakeUp = (ends[0], ends[1])
    }

    /// Watches a socket from now on; `nil` if the system gives no thread or pipe to do so.
    func add(_ socket: Int32, _ handler: any SocketHandler) -> UInt64? {
        guard wakeUp.reads >= 0 else { return nil }
        let token = entries.withLock { entries -> UInt64? in
            if !entries.isRunning { entries.isRunning = WorkerThread.start { self.run() } }
            guard entries.isRunning else { return nil }
            entries.nextToken += 1
            entries.byToken[entries.nextToken] = Entry(socket: socket, handler: handler)
            return entries.nextToken
        }
        wake()
        return token
    }

    /// Says whether the handler waits for room to write.
    func set(_ token: UInt64, wantsToWrite: Bool) {
        entries.withLock { $0.byToken[token]?.wantsToWrite = wantsToWrite }
        wake()
    }

    /// Watches a socket no more.
    func remove(_ token: UInt64) {
        let entry = entries.withLock { $0.byToken.removeValue(forKey: token) }
        if entry != nil { wake() }
    }

    /// Has a task's next piece run on the thread, from another one.
    func enqueue(_ job: UnownedJob) {
        if append(job) { interrupt() }
        if thread.load(ordering: .relaxed) == 0 {
            entries.withLock { entries in
                if !entries.isRunning { entries.isRunning = WorkerThread.start { self.run() } }
            }
        }
    }

    /// Has a task's next piece run on the thread, from there: it is seen before the next wait.
    ///
    /// - Returns: Whether there was nothing else to run.
    @discardableResult
    func append(_ job: UnownedJob) -> Bool {
        jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
    }

    private func wake() {
        version.add(1, ordering: .releasing)
        interrupt()
    }

    private func interrupt() {
        var byte: UInt8 = 0
        // A full pipe will do as well: the thread is going to read it.
        _ = write(wakeUp.writes, &byte, 1)
    }

    /// Whether this monitor runs on a thread.
    func isThread(_ thread: UInt) -> Bool { self.thread.load(ordering: .relaxed) == thread }

    /// The thread that asks, as a number.
    static var currentThread: UInt {
        #if canImport(Darwin) || canImport(Musl)
        UInt(bitPattern: pthread_self())
        #else
        UInt(pthread_self())
        #endif
    }

    private func run() {
        thread.store(Self.currentThread, ordering: .relaxed)
        var seen: UInt64 = 0
        var tokens: [UInt64] = []
        var handlers: [any SocketHandler] = []
        var sockets: [pollfd] = []
        var current: [UnownedJob] = []
        while true {
            let latest = version.load(ordering: .acquiring)
            if latest != seen {
                seen = latest
                let entries = entries.withLock { $0.byToken }
                tokens = Array(entries.keys)
                handlers = entries.values.map(\.handler)
                sockets = entries.values.map { entry in
                    pollfd(
                        fd: entry.socket, events: Int16(POLLIN) | (entry.wantsToWrite ? Int16(POLLOUT) : 0), revents: 0)
                }
                sockets.append(pollfd(fd: wakeUp.reads, events: Int16(POLLIN), revents: 0))
            }
            // Those who add a job find the list empty and the pipe read, or are seen here.
            let timeout: Int32 = jobs.withLock { $0.isEmpty } ? -1 : 0
            if poll(&sockets, nfds_t(sockets.count), timeout) > 0 {
                for index in tokens.indices where sockets[index].revents != 0 {
                    handlers[index].socketIsReady()
                    // What a task asks next is under way while the other answers are read.
                    run(&current)
                }
                if sockets[tokens.count].revents != 0 { emptyPipe() }
            }
            run(&current)
        }
    }

    /// Runs what there is now; what is added meanwhile comes after the next look at the sockets.
    private func run(_ current: inout [UnownedJob]) {
        jobs.withLock { swap(&$0, &current) }
        for job in current { job.runSynchronously(on: SocketMonitors.shared.asUnownedTaskExecutor()) }
        current.removeAll(keepingCapacity: true)
    }

    private func emptyPipe() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(wakeUp.reads, &bytes, bytes.count) == bytes.count {}
    }
}
#endif
