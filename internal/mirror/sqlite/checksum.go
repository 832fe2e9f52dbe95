package sqlite

import (
	"encoding/binary"
	"hash/crc64"
)

// checksum seals the content of a row, whose values are of the types the driver returns. SQLite notices a broken page,
// but to it a flipped bit inside an amount is just another amount. It also tells whether two copies of a record differ.
func checksum(values ...any) int64 {
	buffer := make([]byte, 0, 512)
	for _, value := range values {
		switch v := value.(type) {
		case string:
			buffer = append(buffer, 's')
			buffer = binary.AppendUvarint(buffer, uint64(len(v)))
			buffer = append(buffer, v...)
		case []byte:
			buffer = append(buffer, 'b')
			buffer = binary.AppendUvarint(buffer, uint64(len(v)))
			buffer = append(buffer, v...)
		case int64:
			buffer = append(buffer, 'i')
			buffer = binary.LittleEndian.AppendUint64(buffer, uint64(v)) //nolint:gosec // bits, not a number
		default:
			buffer = append(buffer, 'n')
		}
	}
	return int64(crc64.Checksum(buffer, crc64.MakeTable(crc64.ECMA))) //nolint:gosec // SQL has no unsigned integers
}
