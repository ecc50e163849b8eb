import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Part plans")
struct PartPlanTests {
    static let mebibyte: Int64 = 1024 * 1024

    @Test(arguments: [
        1, 8 * mebibyte - 1, 8 * mebibyte, 8 * mebibyte + 1, 50 * mebibyte, 80_000 * mebibyte, 80_000 * mebibyte + 1,
        1_000_000_000_000, PartPlan.maximumTotalLength,
    ])
    func `a plan covers the object in equal parts without gaps or overlaps`(total: Int64) throws {
        let plan = try PartPlan(totalLength: total)
        var offset: Int64 = 0
        for (index, part) in plan.parts.enumerated() {
            #expect(part.number == index + 1)
            #expect(part.offset == offset)
            #expect(
                part.number == plan.count ? (1...plan.partLength).contains(part.length) : part.length == plan.partLength
            )
            offset += part.length
        }
        #expect(offset == total)
        #expect(plan.parts.count == plan.count)
        #expect(plan.count <= 10_000)
        #expect((PartPlan.minimumPartLength...PartPlan.maximumPartLength).contains(plan.partLength))
    }

    @Test func `a requested part size is kept or rejected`() throws {
        let plan = try PartPlan(totalLength: 12_000_000, partLength: 6_000_000)
        #expect(plan.partLength == 6_000_000 && plan.count == 2)
        #expect(try PartPlan(totalLength: 5_242_880 * 10_000, partLength: 5_242_880).count == 10_000)
        let refused: [(Int64, Int64?)] = [
            (0, nil), (-1, nil), (Int64.min, nil), (PartPlan.maximumTotalLength + 1, nil), (Int64.max, nil),
            (100, 5_242_879), (100, 0), (100, -1), (100, Int64.max), (100, PartPlan.maximumPartLength + 1),
            (5_242_880 * 10_000 + 1, 5_242_880),
        ]
        for (total, length) in refused {
            let error = #expect(throws: R2ValidationError.self) { try PartPlan(totalLength: total, partLength: length) }
            #expect(error?.code == .invalidPartPlan)
        }
    }

    @Test func `the error message suggests a part size`() {
        let error = #expect(throws: R2ValidationError.self) {
            try PartPlan(totalLength: 5_242_880 * 10_000 + 1, partLength: 5_242_880)
        }
        #expect(error?.message.contains("5242881") == true)
    }

    @Test func `part numbers outside the plan throw`() throws {
        let plan = try PartPlan(totalLength: 20_000_000)
        #expect(try plan.part(3).length == 20_000_000 - 2 * 8_388_608)
        for number in [Int.min, 0, 4, Int.max] {
            #expect(throws: R2ValidationError.self) { try plan.part(number) }
        }
    }

    @Test func `a plan is validated when it is decoded from JSON`() throws {
        let plan = try PartPlan(totalLength: 20_000_000)
        #expect(try JSONDecoder().decode(PartPlan.self, from: JSONEncoder().encode(plan)) == plan)
        let wrong = Data(#"{"totalLength":100,"partLength":1}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(PartPlan.self, from: wrong) }
    }
}
