import Dispatch
import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads that take turns in signing with one presigner, so that a count of what they do is exact, and a trace of the
/// memory that they access shows what they share.
enum Sharing {
    /// Runs the turns: one for each thread in every round.
    ///
    /// It prints an address to standard error, where valgrind writes its trace as well. Each thread writes to that
    /// address immediately before and after its turn in the last round.
    /// - Parameters:
    ///   - count: The number of keys for which a thread signs in a turn.
    ///   - step: The seconds from one round's date of signing to the next one's. With 0, only the first round is new to
    ///     the presigner, and URLs are signed in every form. Otherwise each key is signed once.
    ///   - rounds: The number of rounds.
    ///   - threads: The number of threads.
    /// - Throws: An error if the presigner can't be created. An error of a thread ends the process.
    static func run(keys count: Int, step: Int, rounds: Int, threads: Int) throws {
        let presigner = try Workload(keys: 0).presigner
        let marker = UnsafeMutablePointer<Int>.allocate(capacity: 64)
        let address = UInt(bitPattern: marker)
        let line = Array("marker \(String(address, radix: 16))\n".utf8)
        guard write(STDERR_FILENO, line, line.count) == line.count else { exit(1) }
        let turns = (0..<threads).map { _ in DispatchSemaphore(value: 0) }
        let group = DispatchGroup()
        for thread in 0..<threads {
            // Every block occupies a thread until all rounds have ended.
            DispatchQueue.global().async(group: group) {
                do {
                    let keys = try Workload(keys: count).keys
                    var bytes: [UInt8] = []
                    let mark = { (value: Int) in UnsafeMutablePointer<Int>(bitPattern: address)?.pointee = value }
                    for round in 1...rounds {
                        turns[thread].wait()
                        let date = Date(timeIntervalSince1970: 1_767_322_145 + Double(round * step))
                        if round == rounds { mark(1) }
                        if step == 0 {
                            try signInEveryForm(keys, presigner, date, &bytes)
                        } else {
                            for key in keys { _ = try presigner.presignPlayback(of: key, at: date) }
                        }
                        if round == rounds { mark(2) }
                        turns[(thread + 1) % threads].signal()
                    }
                } catch {
                    print(error)
                    exit(1)
                }
            }
        }
        turns[0].signal()
        group.wait()
    }

    private static func signInEveryForm(
        _ keys: [ObjectKey], _ presigner: R2Presigner, _ date: Date, _ bytes: inout [UInt8]
    ) throws {
        let constraints = UploadConstraints(contentType: "video/mp4", contentLength: 52_428_800)
        for key in keys {
            _ = try presigner.presignPlayback(of: key, at: date)
            _ = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: date)
            _ = try presigner.presignUpload(to: key, constraints: constraints, at: date)
            bytes.removeAll(keepingCapacity: true)
            try presigner.presignPlayback(of: key, appendingTo: &bytes, at: date)
        }
        for request in try presigner.presignPlayback(of: keys.lazy, at: date) where request.url.isEmpty { exit(1) }
    }
}
