import R2Kit
import SigV4

/// One line of the input, whose `operation` determines its type.
enum Question: Decodable {
    case assignedScalars
    case configure(ConfigInput)
    case presign(PresignQuestion)
    case sign(SignerQuestion)
    case session(SessionQuestion)
    case edgeToken(EdgeTokenQuestion)

    private enum CodingKeys: String, CodingKey { case operation }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .operation) {
        case "assignedScalars": self = .assignedScalars
        case "configure": self = .configure(try ConfigInput(from: decoder))
        case "presign": self = .presign(try PresignQuestion(from: decoder))
        case "sign": self = .sign(try SignerQuestion(from: decoder))
        case "session": self = .session(try SessionQuestion(from: decoder))
        case "edgeToken": self = .edgeToken(try EdgeTokenQuestion(from: decoder))
        case let name:
            throw DecodingError.dataCorruptedError(
                forKey: .operation, in: container, debugDescription: "no operation is called '\(name)'")
        }
    }

    /// Returns the result, or the code of an error of the library. Every other error ends the program, because the
    /// question isn't valid.
    func answer(_ presigners: inout PresignerCache) throws -> Answer {
        do {
            switch self {
            case .assignedScalars: return Answer(assigned: UnicodeRanges.assigned)
            case .configure(let input):
                _ = try input.config()
                return Answer()
            case .presign(let question): return try question.answer(&presigners)
            case .sign(let question): return try question.answer()
            case .session(let question): return try question.answer()
            case .edgeToken(let question): return try question.answer()
            }
        } catch let error as R2ValidationError {
            return Answer(refused: error.code.description)
        } catch let error as SigningError {
            return Answer(refused: error.code.description)
        } catch let error as R2ConfigError {
            return Answer(refused: "R2ConfigError", settings: error.problems.map(\.setting))
        }
    }
}
