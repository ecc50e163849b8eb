#if Delivery
import Testing
import VideoDelivery

/// The result of probing a file in memory, and the reads that it took.
struct ProbeRun {
    let outcome: MediaProbe.Step
    private(set) var reads: [Range<Int64>] = []

    var info: MediaInfo? { if case .finished(let info) = outcome { info } else { nil } }
    var failure: MediaProbe.Failure? { if case .failed(let failure) = outcome { failure } else { nil } }
    var byteCount: Int64 { reads.reduce(0) { $0 + Int64($1.count) } }

    /// Probes a file, and checks that each read is within the file and the limits.
    init(_ file: [UInt8], claimedSize: Int64? = nil) {
        self.init(byteSize: claimedSize ?? Int64(file.count)) { range in
            let start = min(Int(range.lowerBound), file.count)
            return Array(file[start..<min(Int(range.upperBound), file.count)])
        }
    }

    init(byteSize: Int64, read: (Range<Int64>) -> [UInt8]) {
        var probe = MediaProbe(byteSize: byteSize)
        while case .read(let offset, let length) = probe.step {
            guard offset >= 0, length > 0, offset <= byteSize - Int64(length), reads.count < MediaProbe.maximumReads
            else {
                Issue.record("A read of \(length) bytes at \(offset) of \(byteSize), after \(reads)")
                break
            }
            reads.append(offset..<offset + Int64(length))
            probe.receive(read(offset..<offset + Int64(length)))
        }
        outcome = probe.step
        #expect(byteCount <= Int64(MediaProbe.maximumBytes))
    }
}
#endif
