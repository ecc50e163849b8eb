#if Delivery
import TestSupport
import Testing
import VideoDelivery

/// Damaged files: probing never traps and keeps to its limits, which ``ProbeRun`` checks.
struct MutationTests {
    private static let files: [[UInt8]] = [
        MovieBytes.fileType + MovieBytes.movie + MovieBytes.media,
        MovieBytes.fileType + MovieBytes.box("mdat", MovieBytes.zeros(20_000)) + MovieBytes.movie,
        MatroskaBytes.file([
            MatroskaBytes.seekHead(0x1654_AE6B, 400), MatroskaBytes.info, MatroskaBytes.cluster(300),
            MatroskaBytes.tracks,
        ]),
        TransportBytes.file(seconds: 1), TransportBytes.file(seconds: 1, fill: 9),
    ]

    @Test(arguments: [UInt64.random(in: .min ... .max), 1, 2, 3])
    func `no damage makes the probe trap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var finished = 0
        for _ in 0..<250 {
            let file = Self.damaged(random.pick(Self.files), &random)
            // A size that isn't the file's is a read that returns fewer bytes, or a file cut off.
            let size = random.happens(0.2) ? Int64(random.next(100_000)) : Int64(file.count)
            let run = ProbeRun(file, claimedSize: size)
            switch run.outcome {
            case .read: Issue.record("No end after \(run.reads), seed \(seed)")
            case .finished(let info):
                finished += 1
                #expect(info.duration.map { $0.isFinite && $0 > 0 } ?? true, "\(info), seed \(seed)")
                #expect(info.frameRate.map { $0.isFinite && $0 > 0 } ?? true, "\(info), seed \(seed)")
                #expect([0, 90, 180, 270].contains(info.rotation) && info.width.map { $0 > 0 } ?? true)
            case .failed(let failure): #expect(!failure.reason.isEmpty)
            }
        }
        // Otherwise the damage would hide the parsers.
        #expect(finished > 20, "seed \(seed)")
    }

    /// Returns a file with a few changed bytes, of which many are sizes, or with a part that's missing or doubled.
    private static func damaged(_ file: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var file = file
        for _ in 0..<1 + random.next(4) {
            let position = random.next(min(file.count, random.happens(0.7) ? 1_500 : file.count))
            switch random.next(5) {
            case 0: file[position] = UInt8(truncatingIfNeeded: random.next())
            case 1: file[position] = random.pick([0, 1, 7, 8, 0x7F, 0x80, 0xFF])
            case 2:
                for index in position..<min(position + random.pick([2, 4, 8]), file.count) { file[index] = 0xFF }
            case 3: file.removeSubrange(position..<min(position + random.next(40), file.count))
            default:
                file.insert(contentsOf: file[position..<min(position + random.next(80), file.count)], at: position)
            }
            if file.isEmpty { return file }
        }
        return file
    }
}
#endif
