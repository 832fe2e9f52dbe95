package soql

import (
	"slices"
	"strconv"
	"strings"
)

// query is a statement as written: no name in it has been looked up yet.
type query struct {
	text    string
	selects []selectItem
	from    token
	where   *condition
	groupBy []token
	orderBy []orderItem
	limit   int // -1 for none
	offset  int
	hasSkip bool
}

// selectItem is a path, or an aggregate function with its path; COUNT() has no path.
type selectItem struct {
	function string // in capitals, "" for a plain path
	path     token  // tokenEnd for COUNT()
	alias    string
	at       token
}

type orderItem struct {
	item       selectItem
	descending bool
	nullsLast  bool
}

type logic uint8

const (
	logicCompare logic = iota
	logicAnd
	logicOr
	logicNot
)

// condition is a node of a WHERE clause: a comparison, or terms joined by one operator.
type condition struct {
	logic    logic
	terms    []*condition
	path     token
	operator string // one of = != < <= > >= LIKE IN NOT IN
	at       token  // the operator's place
	literals []token
}

// reserved words cannot name a field in a condition.
var reserved = []string{
	"AND", "ASC", "DESC", "EXCLUDES", "FROM", "GROUP", "HAVING", "IN", "INCLUDES", "LIKE", "LIMIT", "NOT", "NULL",
	"NULLS", "OR", "ORDER", "SELECT", "USING", "WHERE", "WITH",
}

type parser struct {
	text   string
	tokens []token
	next   int
}

func parse(text string) (*query, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	q := &query{text: text, limit: -1}
	for _, clause := range []func(*query) error{
		p.parseSelect, p.parseFrom, p.parseWhere, p.parseGroupBy, p.parseOrderBy, p.parseLimit, p.parseOffset,
	} {
		if err := clause(q); err != nil {
			return nil, err
		}
	}
	if p.peek().kind != tokenEnd {
		return nil, p.unexpected()
	}
	return q, nil
}

func (p *parser) peek() token { return p.tokens[p.next] }

// peekAfter looks n tokens beyond the next one.
func (p *parser) peekAfter(n int) token { return p.tokens[min(p.next+n, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.peek()
	if t.kind != tokenEnd {
		p.next++
	}
	return t
}

func (t token) is(word string) bool {
	return t.kind == tokenName && strings.EqualFold(t.text, word) || t.kind == tokenSymbol && t.text == word
}

func (p *parser) accept(words ...string) bool {
	for i, word := range words {
		if !p.peekAfter(i).is(word) {
			return false
		}
	}
	p.next += len(words)
	return true
}

func (p *parser) expect(words ...string) error {
	for _, word := range words {
		if !p.accept(word) {
			return p.unexpected()
		}
	}
	return nil
}

func (p *parser) unexpected() error {
	t := p.peek()
	return errorAt(p.text, t.position, MalformedQuery, "unexpected token: %s", t)
}

// name takes a word that is not reserved.
func (p *parser) name() (token, error) {
	t := p.peek()
	if t.kind != tokenName || slices.Contains(reserved, strings.ToUpper(t.text)) || strings.Contains(t.text, ":") {
		return token{}, p.unexpected()
	}
	return p.take(), nil
}

func (p *parser) parseSelect(q *query) error {
	if err := p.expect("SELECT"); err != nil {
		return err
	}
	for {
		item, err := p.selectItem()
		if err != nil {
			return err
		}
		// An alias is only one if the list goes on after it: in "SELECT Id FORM Account" the culprit is FORM.
		if after := p.peekAfter(1); p.peek().kind == tokenName && (after.is(",") || after.is("FROM")) {
			alias, err := p.name()
			if err != nil {
				return err
			}
			item.alias = alias.text
		}
		q.selects = append(q.selects, item)
		if !p.accept(",") {
			return nil
		}
	}
}

// selectItem reads a path or an aggregate function.
func (p *parser) selectItem() (selectItem, error) {
	word, err := p.name()
	if err != nil || !p.accept("(") {
		return selectItem{path: word, at: word}, err
	}
	item := selectItem{function: strings.ToUpper(word.text), at: word}
	if item.function == "COUNT" && p.accept(")") {
		return item, nil
	}
	if item.path, err = p.name(); err != nil {
		return item, err
	}
	return item, p.expect(")")
}

func (p *parser) parseFrom(q *query) (err error) {
	if err := p.expect("FROM"); err != nil {
		return err
	}
	if p.peek().is("GROUP") || p.peek().is("ORDER") { // objects that are called like a keyword
		q.from = p.take()
		return nil
	}
	q.from, err = p.name()
	return err
}

func (p *parser) parseWhere(q *query) (err error) {
	if !p.accept("WHERE") {
		return nil
	}
	q.where, err = p.condition()
	return err
}

// condition reads terms joined by one operator. SOQL has no precedence: beside AND, an OR needs parentheses, and a
// NOT stands alone in its own.
func (p *parser) condition() (*condition, error) {
	if p.accept("NOT") {
		term, err := p.term()
		return &condition{logic: logicNot, terms: []*condition{term}}, err
	}
	term, err := p.term()
	if err != nil {
		return nil, err
	}
	joined := &condition{terms: []*condition{term}}
	for word, logic := range map[string]logic{"AND": logicAnd, "OR": logicOr} {
		for p.accept(word) {
			if term, err = p.term(); err != nil {
				return nil, err
			}
			joined.logic, joined.terms = logic, append(joined.terms, term)
		}
		if joined.logic != logicCompare {
			return joined, nil
		}
	}
	return term, nil
}

func (p *parser) term() (*condition, error) {
	if !p.accept("(") {
		return p.comparison()
	}
	inner, err := p.condition()
	if err != nil {
		return nil, err
	}
	return inner, p.expect(")")
}

func (p *parser) comparison() (*condition, error) {
	path, err := p.name()
	if err != nil {
		return nil, err
	}
	c := &condition{path: path, at: p.peek()}
	switch {
	case p.accept("LIKE"):
		c.operator = "LIKE"
	case p.accept("IN"):
		c.operator = "IN"
	case p.accept("NOT", "IN"):
		c.operator = "NOT IN"
	case p.accept("!="), p.accept("<>"):
		c.operator = "!="
	case slices.Contains([]string{"=", "<", "<=", ">", ">="}, p.peek().text):
		c.operator = p.take().text
	default:
		return nil, p.unexpected()
	}
	c.literals, err = p.literals(c.operator)
	return c, err
}

// literals reads one literal, or after IN a list of them.
func (p *parser) literals(operator string) ([]token, error) {
	list := strings.HasSuffix(operator, "IN")
	if list {
		if err := p.expect("("); err != nil {
			return nil, err
		}
	}
	var literals []token
	for {
		switch t := p.peek(); t.kind {
		case tokenString, tokenNumber, tokenDate, tokenDateTime, tokenName:
			literals = append(literals, p.take())
		default:
			return nil, p.unexpected()
		}
		if !list {
			return literals, nil
		}
		if !p.accept(",") {
			return literals, p.expect(")")
		}
	}
}

func (p *parser) parseGroupBy(q *query) error {
	if !p.accept("GROUP", "BY") {
		return nil
	}
	for {
		path, err := p.name()
		if err != nil {
			return err
		}
		q.groupBy = append(q.groupBy, path)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) parseOrderBy(q *query) error {
	if !p.accept("ORDER", "BY") {
		return nil
	}
	for {
		item, err := p.selectItem()
		if err != nil {
			return err
		}
		order := orderItem{item: item}
		if !p.accept("ASC") {
			order.descending = p.accept("DESC")
		}
		if p.accept("NULLS") {
			if order.nullsLast = p.accept("LAST"); !order.nullsLast && !p.accept("FIRST") {
				return p.unexpected()
			}
		}
		q.orderBy = append(q.orderBy, order)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) parseLimit(q *query) (err error) {
	if p.accept("LIMIT") {
		q.limit, err = p.count()
	}
	return err
}

func (p *parser) parseOffset(q *query) (err error) {
	if p.accept("OFFSET") {
		q.offset, err = p.count()
		q.hasSkip = true
	}
	return err
}

// count reads a whole number without sign.
func (p *parser) count() (int, error) {
	n, err := strconv.Atoi(p.peek().text)
	if t := p.peek(); t.kind != tokenNumber || err != nil || !isDigit(t.text[0]) {
		return 0, p.unexpected()
	}
	p.take()
	return n, nil
}
