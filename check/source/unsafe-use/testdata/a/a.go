package a

import "unsafe"

func cast(p *int) *uint32 {
	_ = unsafe.Sizeof(*p)
	return (*uint32)(unsafe.Pointer(p)) // want "unsafe.Pointer is used"
}
