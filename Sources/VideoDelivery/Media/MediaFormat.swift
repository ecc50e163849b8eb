#if Delivery
/// The choice of the parser by a file's first bytes.
enum MediaFormat {
    static func parse(_ file: ProbedFile) throws(ProbeInterruption) -> MediaInfo {
        guard file.size > 0 else { throw .failed(.notAVideo("The file is empty.")) }
        let count = Int(min(file.size, 16))
        guard let start = try file.load(at: 0, count: count, readAhead: ProbedFile.firstRead) else {
            throw .failed(.notAVideo("The file is empty."))
        }
        if MovieFile.isRecognized(start) { return try MovieFile(file).parse() }
        if MatroskaFile.isRecognized(start) { return try MatroskaFile(file).parse() }
        if let stream = try TransportStreamFile(file) { return try stream.parse() }
        throw .failed(.notAVideo("The file isn't in MP4, QuickTime, WebM, Matroska or MPEG-TS format."))
    }
}
#endif
