#if Postgres
internal import Synchronization
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A type that handles the events of a socket: it is readable, has room to write, or has failed.
protocol SocketHandler: AnyObject, Sendable {
    func socketIsReady()
}

/// A thread that waits for the events of sockets, one of the ``SocketMonitors``.
///
/// Compared with a `DispatchSource`, a statement needs one thread switch less, and no registration for each wait. A
/// socket stays watched between statements, so that a connection that the server closes is noticed at once.
final class SocketMonitor: Sendable {
    private struct Entry {
        let socket: Int32
        let handler: any SocketHandler
        var watchesWriting = false
    }

    private struct Entries {
        var byToken: [UInt64: Entry] = [:]
        var nextToken: UInt64 = 0
        var isRunning = false
    }

    private let entries = Mutex(Entries())
    /// The jobs of tasks that prefer this thread.
    private let jobs = Mutex<[UnownedJob]>([])
    /// The thread as a number, or 0 before it runs.
    private let thread = Atomic<UInt>(0)
    /// A number that increases with each change of the entries.
    private let version = Atomic<UInt64>(1)
    /// The ends of a pipe that wakes the thread.
    private let pipeEnds: (read: Int32, write: Int32)

    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        pipeEnds = (ends[0], ends[1])
    }

    /// Starts to watch a socket.
    ///
    /// - Returns: A token for the socket, or `nil` if the system can't start a thread or open a pipe.
    func add(_ socket: Int32, _ handler: any SocketHandler) -> UInt64? {
        guard pipeEnds.read >= 0 else { return nil }
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

    /// Sets whether the handler waits for room to write.
    func setWatchesWriting(_ watchesWriting: Bool, for token: UInt64) {
        entries.withLock { $0.byToken[token]?.watchesWriting = watchesWriting }
        wake()
    }

    /// Stops watching a socket.
    func remove(_ token: UInt64) {
        let entry = entries.withLock { $0.byToken.removeValue(forKey: token) }
        if entry != nil { wake() }
    }

    /// Runs a job on the thread, when called on another one.
    func enqueue(_ job: UnownedJob) {
        if append(job) { interrupt() }
        if thread.load(ordering: .relaxed) == 0 {
            entries.withLock { entries in
                if !entries.isRunning { entries.isRunning = WorkerThread.start { self.run() } }
            }
        }
    }

    /// Runs a job on the thread, when called on it: the thread sees the job before its next wait.
    ///
    /// - Returns: `true` if there are no other jobs.
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
        // A full pipe is fine, too: the thread is about to read it.
        _ = write(pipeEnds.write, &byte, 1)
    }

    /// Returns a Boolean value that indicates whether this monitor runs on the thread.
    func isThread(_ thread: UInt) -> Bool { self.thread.load(ordering: .relaxed) == thread }

    /// The current thread, as a number.
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
                        fd: entry.socket, events: Int16(POLLIN) | (entry.watchesWriting ? Int16(POLLOUT) : 0),
                        revents: 0)
                }
                sockets.append(pollfd(fd: pipeEnds.read, events: Int16(POLLIN), revents: 0))
            }
            // A job that is added later writes to the pipe, since the list is empty.
            let timeout: Int32 = jobs.withLock { $0.isEmpty } ? -1 : 0
            if poll(&sockets, nfds_t(sockets.count), timeout) > 0 {
                for index in tokens.indices where sockets[index].revents != 0 {
                    handlers[index].socketIsReady()
                    // So that the task's next request is sent before the other responses are read.
                    run(&current)
                }
                if sockets[tokens.count].revents != 0 { emptyPipe() }
            }
            run(&current)
        }
    }

    /// Runs the current jobs.
    ///
    /// Jobs that are added meanwhile run after the next poll.
    private func run(_ current: inout [UnownedJob]) {
        jobs.withLock { swap(&$0, &current) }
        for job in current { job.runSynchronously(on: SocketMonitors.shared.asUnownedTaskExecutor()) }
        current.removeAll(keepingCapacity: true)
    }

    private func emptyPipe() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(pipeEnds.read, &bytes, bytes.count) == bytes.count {}
    }
}

/// The threads that wait for the sockets of all connections.
///
/// As an executor, it continues a task on the thread that read its response.
final class SocketMonitors: TaskExecutor {
    static let shared = SocketMonitors()

    /// The number of threads.
    ///
    /// A single one would limit many connections while processors are idle. With more, each has less to do at a time,
    /// and spends more of its time falling asleep and waking up.
    private static let count = 4

    /// The monitors, which start their threads when they are needed.
    private let monitors: [SocketMonitor]
    /// The number of connections of each monitor.
    private let counts: Mutex<[Int]>
    private let next = Atomic<UInt>(0)

    private init() {
        monitors = (0..<Self.count).map { _ in SocketMonitor() }
        counts = Mutex(monitors.map { _ in 0 })
    }

    /// The monitor of the current thread, or `nil` if the thread isn't a monitor's.
    var current: SocketMonitor? {
        let thread = SocketMonitor.currentThread
        return monitors.first { $0.isThread(thread) }
    }

    /// Assigns a connection to the monitor with the fewest connections.
    func assignMonitor() -> SocketMonitor {
        let index = counts.withLock { counts in
            let index = counts.indices.min { counts[$0] < counts[$1] } ?? 0
            counts[index] += 1
            return index
        }
        return monitors[index]
    }

    /// Ends an assignment by ``assignMonitor()``.
    func releaseMonitor(_ monitor: SocketMonitor) {
        guard let index = monitors.firstIndex(where: { $0 === monitor }) else { return }
        counts.withLock { $0[index] -= 1 }
    }

    /// Runs a job on the current thread if it is a monitor's, or else on any monitor's.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if let current {
            current.append(job)
        } else {
            let count = next.add(1, ordering: .relaxed).oldValue
            monitors[Int(count % UInt(monitors.count))].enqueue(job)
        }
    }
}
#endif
