#if Delivery && Emulator && SQLite && (os(macOS) || os(Linux))
import Foundation

/// An executor that runs each job on a thread of its own.
///
/// While an exit test runs, Swift Testing blocks a thread that reads from its process. On the threads that all tasks
/// share, one for each core, the server that the process needs would come to a stop.
final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        Thread.detachNewThread { job.runSynchronously(on: executor) }
    }
}
#endif
