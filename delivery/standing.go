package delivery

import "proviso/notify"

// A Standing says why a notice is not to be sent any further: what it tells of
// was withdrawn, or has another date. It is asked often, and by several at once.
type Standing func(*notify.Notice) error

// TakenBack says why one of the notices is not to be sent any further; nil:
// nothing speaks against it.
func (s *Sender) TakenBack(notices ...*notify.Notice) error {
	if s.Stands == nil {
		return nil
	}
	for _, n := range notices {
		if err := s.Stands(n); err != nil {
			return err
		}
	}
	return nil
}
