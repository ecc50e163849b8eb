import VideoDeliveryMedia

/// Video files: two bytes with the position of a gap, and then the file.
///
/// The gap lies beyond what the probe reads at once, so that it has to read several times. The probe ends within its
/// limits, and only reports values that make sense.
@Sendable func fuzzMediaProbe(_ input: FuzzInput) {
    guard input.bytes.count > 2 else { return }
    let position = Int(input.bytes[0]) << 8 | Int(input.bytes[1])
    var file = Array(input.bytes.dropFirst(2))
    if position <= file.count {
        file.insert(contentsOf: Array(repeating: 0, count: 40_000), at: position)
    }
    let result = probe(file, size: Int64(file.count))
    check(result == probe(file, size: Int64(file.count)), "two results for the same file")
    // A file that turns out to be shorter than it was, and one that's longer than any in R2.
    for size in [Int64(file.count) + 50_000, .max] { _ = probe(file, size: size) }
}

private func probe(_ file: [UInt8], size: Int64) -> MediaProbe.Step {
    var probe = MediaProbe(byteSize: size)
    var (reads, bytes) = (0, 0)
    while case .read(let offset, let length) = probe.step {
        reads += 1
        bytes += length
        check(reads <= MediaProbe.maximumReads && bytes <= MediaProbe.maximumBytes, "\(reads) reads, \(bytes) bytes")
        check(offset >= 0 && length > 0 && offset <= size - Int64(length), "\(length) bytes at \(offset) of \(size)")
        let start = Int(min(offset, Int64(file.count)))
        probe.receive(Array(file[start..<min(start + length, file.count)]))
    }
    if case .finished(let info) = probe.step { checkInfo(info) }
    return probe.step
}

private func checkInfo(_ info: MediaInfo) {
    for number in [info.duration, info.frameRate].compactMap({ $0 }) {
        check(number.isFinite && number > 0, "\(info)")
    }
    for number in [info.width, info.height].compactMap({ $0 }) { check(number > 0, "\(info)") }
    for codec in [info.videoCodec, info.audioCodec].compactMap({ $0 }) {
        check(!codec.isEmpty && codec.utf8.allSatisfy { (32...126).contains($0) }, "\(info)")
    }
    check([0, 90, 180, 270].contains(info.rotation), "\(info)")
    check(info.hasVideo || info.width == nil && info.videoCodec == nil, "\(info)")
}
