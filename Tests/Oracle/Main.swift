#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A program that signs requests, so that another implementation can be compared with this one.
///
/// It reads questions from standard input and writes results to standard output, each a line with a JSON object.
/// `Scripts/oracle` asks them.
@main
enum SigningOracle {
    static func main() throws {
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        var presigners = PresignerCache()
        while let line = readLine() {
            let question = try decoder.decode(Question.self, from: Data(line.utf8))
            let answer = try question.answer(&presigners)
            print(String(decoding: try encoder.encode(answer), as: UTF8.self))
        }
    }
}
