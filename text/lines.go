package text

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"proviso/source"
)

// lines finds the line and column of an offset. Offsets mostly grow, so it
// goes on from the last one.
type lines struct {
	file   string
	src    []byte
	starts []int // offset of each line

	last, column int // the last offset asked for and its column
	line         int // its line, from 0
}

func (l *lines) reset(src []byte) {
	l.src = src
	l.starts = append(make([]int, 0, bytes.Count(src, []byte("\n"))+1), 0)
	for i := 0; ; {
		n := bytes.IndexByte(src[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		l.starts = append(l.starts, i)
	}
	l.last, l.column, l.line = 0, 1, 0
}

// at returns the place of an offset.
func (l *lines) at(offset int) source.Position {
	if l.starts == nil {
		l.reset(l.src)
	}
	offset = min(max(offset, 0), len(l.src))
	end := len(l.src) + 1
	if l.line+1 < len(l.starts) {
		end = l.starts[l.line+1]
	}
	if offset < l.last || offset >= end {
		l.line = sort.SearchInts(l.starts, offset+1) - 1
		l.last, l.column = l.starts[l.line], 1
	}
	l.column += utf8.RuneCount(l.src[l.last:offset])
	l.last = offset
	return source.Position{File: l.file, Line: l.line + 1, Column: l.column}
}
