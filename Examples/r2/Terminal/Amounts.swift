#if Storage
/// Formats for numbers in output.
enum Amounts {
    /// Returns a number of bytes in the largest unit with a value of at least 1, such as `45.2 MiB`.
    static func bytes(_ count: Double) -> String {
        guard count >= 1024 else { return "\(Int(count)) B" }
        var value = count / 1024
        var units = ["KiB", "MiB", "GiB", "TiB"][...]
        while value >= 1024, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        return "\(tenths(value)) \(units.first ?? "")"
    }

    static func bytes(_ count: Int64) -> String { bytes(Double(count)) }

    /// Returns seconds as `0:07`, `12:34`, or `1:02:03`.
    static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "-:--" }
        let whole = Int(seconds.rounded(.up))
        let clock = "\(whole / 60 % 60):" + twoDigits(whole % 60)
        return whole < 3600 ? clock : "\(whole / 3600):" + (whole / 60 % 60 < 10 ? "0" : "") + clock
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
#endif
