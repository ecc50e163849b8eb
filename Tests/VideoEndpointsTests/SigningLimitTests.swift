#if Delivery && Emulator
import Foundation
import HTTPTypes
import R2Emulator
import Testing
import VideoCatalog

@testable import VideoEndpoints

@Suite("The limit on requests that sign URLs")
struct SigningLimitTests {
    @Test func `a caller waits after a burst, and others don't`() async throws {
        var options = EndpointOptions()
        options.signingLimit = SigningLimit(burst: 2, perSecond: 0.1)
        try await EndpointWorld.with(options: options) { world in
            #expect(try await world.begin(token: "1").status == 200)
            #expect(try await world.begin(token: "2").status == 200)
            let refused = try await world.begin(token: "3")
            refused.expectProblem(429, "tooManyRequests")
            #expect(refused.headers[.retryAfter] == "10")
            try Golden.expect("too-many-requests", refused)
            #expect(try await world.begin(token: "3", as: .bob).status == 200)
            // Nothing but signing counts.
            #expect(try await world.send(.get, "/videos").status == 200)
            world.r2.clock.advance(by: .seconds(9))
            #expect(try await world.begin(token: "3").status == 429)
            world.r2.clock.advance(by: .seconds(1))
            #expect(try await world.begin(token: "3").status == 200)
            #expect(try await world.begin(token: "4").status == 429)
        }
    }

    @Test func `every route that signs counts`() async throws {
        var options = EndpointOptions()
        options.signingLimit = SigningLimit(burst: 1, perSecond: 1)
        try await EndpointWorld.with(options: options) { world in
            let id = try await world.begin().string("video")
            let file = #"{"file": {"name": "a.mp4", "byteSize": 1}, "token": "t"}"#
            let uppy = #"{"filename": "a.mp4", "metadata": {"byteSize": 1}}"#
            for (method, path, json) in [
                (.post, "/uploads", file), (.post, "/videos/\(id)/replacement", file),
                (.post, "/uploads/\(id)/parts", #"{"numbers": [1]}"#), (.get, "/videos/\(id)/playback", nil),
                (.get, "/videos/\(id)/playlist", nil), (.post, "/s3/multipart", uppy),
                (.get, "/s3/params?filename=a.mp4&metadata[byteSize]=1", nil), (.get, "/s3/multipart/x/1?key=x", nil),
                (.get, "/s3/multipart/x/batch?key=x&partNumbers=1", nil),
            ] as [(HTTPRequest.Method, String, String?)] {
                try await world.send(method, path, json: json).expectProblem(429, "tooManyRequests")
            }
        }
    }

    @Test func `the number of callers that are counted has a limit`() throws {
        let limiter = SigningLimiter(SigningLimit(burst: 2, perSecond: 1, maximumCallers: 100))
        let start = Date(timeIntervalSince1970: 1_000_000)
        for number in 0..<10_000 {
            try limiter.take(UserID(number), at: start + Double(number) / 1000)
            #expect(limiter.count <= 100)
        }
        // The latest callers are still counted.
        try limiter.take(UserID(9_999), at: start + 10)
        #expect(throws: EndpointProblem.self) { try limiter.take(UserID(9_999), at: start + 10) }
    }

    @Test(arguments: [
        (20.0, "20 per second"), (0.1, "one in about 10 seconds"), (2.5, "about 2.5 per second"),
        (1e300, "per second"), (1e-300, "one in about"),
    ])
    func `the problem states the rate as people say it`(perSecond: Double, words: String) throws {
        let limiter = SigningLimiter(SigningLimit(burst: 1, perSecond: perSecond))
        try limiter.take("ada", at: .distantPast)
        let problem = #expect(throws: EndpointProblem.self) { try limiter.take("ada", at: .distantPast) }
        #expect(problem?.detail.contains(words) == true, "\(problem?.detail ?? "")")
        #expect((.seconds(1) ... .seconds(86_400)).contains(problem?.retryAfter ?? .zero))
    }

    @Test func `a clock that is set back takes no tokens away`() throws {
        let limiter = SigningLimiter(SigningLimit(burst: 2, perSecond: 1))
        let now = Date(timeIntervalSince1970: 1_000_000)
        try limiter.take("ada", at: now)
        try limiter.take("ada", at: now - 3600)
        #expect(throws: EndpointProblem.self) { try limiter.take("ada", at: now - 3600) }
    }
}
#endif
