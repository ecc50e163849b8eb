#if Storage
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A response of a bucket.
struct BucketResponse: Sendable {
    var status: Int
    var headers: [(String, String)] = []
    var body = ByteBuffer()

    init(_ status: Int, headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An XML document with this root.
    static func xml(_ root: String, _ content: String, status: Int = 200) -> BucketResponse {
        BucketResponse(
            status, headers: [("content-type", "application/xml")],
            body: ByteBuffer(string: "<?xml version=\"1.0\" encoding=\"UTF-8\"?><\(root)>\(content)</\(root)>"))
    }

    static func error(_ status: Int, _ code: String) -> BucketResponse {
        .xml("Error", "<Code>\(code)</Code><Message>\(code)</Message>", status: status)
    }

    /// The status and headers, including those of every response.
    var head: HTTPResponseHead {
        var headers = HTTPHeaders(headers)
        headers.add(name: "date", value: HTTPTime.now.http)
        headers.add(name: "x-amz-request-id", value: "strict")
        if status != 204, !headers.contains(name: "content-length") {
            headers.add(name: "content-length", value: String(body.readableBytes))
        }
        return HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

/// A date in whole seconds.
struct HTTPTime: Sendable, Hashable {
    let seconds: Int

    static var now: HTTPTime { HTTPTime(seconds: Int(Date().timeIntervalSince1970)) }

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var http: String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let fields = fields
        let date = "\(days[fields.weekday]), \(two(fields.day)) \(months[fields.month - 1]) \(fields.year)"
        return "\(date) \(two(fields.hour)):\(two(fields.minute)):\(two(fields.second)) GMT"
    }

    /// Such as `1994-11-06T08:49:37.000Z`.
    var iso: String {
        let fields = fields
        let date = "\(fields.year)-\(two(fields.month))-\(two(fields.day))"
        return "\(date)T\(two(fields.hour)):\(two(fields.minute)):\(two(fields.second)).000Z"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private var fields: (year: Int, month: Int, day: Int, weekday: Int, hour: Int, minute: Int, second: Int) {
        let date = Date(timeIntervalSince1970: Double(seconds))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute, .second], from: date)
        return (
            parts.year ?? 0, parts.month ?? 1, parts.day ?? 1, (parts.weekday ?? 1) - 1, parts.hour ?? 0,
            parts.minute ?? 0, parts.second ?? 0
        )
    }
}
#endif
