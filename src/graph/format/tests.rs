use super::format;

#[track_caller]
fn check(block: &str, expected: &str) {
    let lines = format(block).expect("it can be read");
    assert_eq!(lines.join("\n"), expected.trim_end_matches('\n'), "{block}");
    assert_eq!(format(expected), Some(lines), "tidied again: {block}");
}

#[test]
fn captions_stand_in_a_column() {
    // Where most stand, if there is room; else right behind the longest statement.
    check(
        "w = -2   # 가중치|weight\nx = 5    #입력 | input\ny = w*x # product",
        "w = -2   # 가중치 | weight\nx = 5    # 입력 | input\ny = w*x  # product\n",
    );
    check("w = 1 # a\n가중치 = 2 # b", "w = 1       # a\n가중치 = 2  # b\n");
    check("w = 1  # a\nx = 1000000  # b\ny = 3  # c", "w = 1        # a\nx = 1000000  # b\ny = 3        # c\n");
    check("x = 3     # alone", "x = 3     # alone\n");
    check("x = 3 # alone", "x = 3  # alone\n");
}

#[test]
fn a_column_ends_at_an_empty_line_and_at_a_brace() {
    check("w = 1  # a\n\nlonger = 2  # b", "w = 1  # a\n\nlonger = 2  # b\n");
    check("w = 1    # a\n# about y\ny = 2  # b\nz = 3    # c", "w = 1    # a\n# about y\ny = 2    # b\nz = 3    # c\n");
    check("w = 1     # a\ngroup g {\nx = w  # b\n}", "w = 1     # a\ngroup g {\n  x = w  # b\n}\n");
}

#[test]
fn a_column_goes_over_one_line_without_a_caption() {
    check("longer = 1 # a\ny = 2\nz = 3 # b", "longer = 1  # a\ny = 2\nz = 3       # b\n");
    check("longer = 1 # a\ny = 2\nx = 2\nz = 3 # b", "longer = 1  # a\ny = 2\nx = 2\nz = 3  # b\n");
}

#[test]
fn a_statement_that_is_very_long_moves_no_captions() {
    let long = format!("y = {}", ["x"; 30].join(" + "));
    check(&format!("x = 1  # a\n{long}    # b"), &format!("x = 1  # a\n{long}  # b\n"));
}

#[test]
fn one_blank_where_blanks_stand() {
    check("w=-2", "w = -2\n");
    check("param   w  =  -  2", "param w = -2\n");
    check("y = sum ( X,axis = 1 ) .T", "y = sum(X, axis=1) .T\n");
    check("y = [[1,2] , [3,4]] @ X[ 0 , 1 : 2 ]", "y = [[1, 2], [3, 4]] @ X[0, 1:2]\n");
    check("y = T[ :,:, 2 ]", "y = T[:, :, 2]\n");
    check("y = a*b +c- d  ^ 2", "y = a*b + c - d ^ 2\n");
    check("y = 2 * -x - -1", "y = 2 * -x - -1\n");
    check("y = where(x>0,1,  x>=2)", "y = where(x > 0, 1, x >= 2)\n");
    check("def f( x ,w )=x * w", "def f(x, w) = x * w\n");
    check("a = 1;b = 2 ;  c = 3", "a = 1; b = 2; c = 3\n");
    check("output  f ,g", "output f, g\n");
}

#[test]
fn what_is_claimed_stays_as_it_is_written() {
    check("f = 1\nexpect   d²f / dx²=  -  7   within  1e-6", "f = 1\nexpect d²f / dx² = -  7 within 1e-6\n");
    check("f = 1\nexpect f<2 # small", "f = 1\nexpect f < 2  # small\n");
}

#[test]
fn lines_are_indented_by_their_braces() {
    check(
        "group 은닉층|hidden   layer{\nfor t in 1 .. 3 {\n     h[t]=t\n  }\n}",
        "group 은닉층 | hidden   layer {\n  for t in 1 .. 3 {\n    h[t] = t\n  }\n}\n",
    );
    check("for k in 1..5{s[k] = k}", "for k in 1..5 { s[k] = k }\n");
    check("group {\n}", "group {\n}\n");
    check("group a { x = 1\ny = 2 }", "group a { x = 1\n  y = 2 }\n");
}

#[test]
fn statements_over_several_lines_are_moved_as_they_are() {
    check("X = [[1,  2],   # rows\n     [30, 4]]\ny=X", "X = [[1,  2],   # rows\n     [30, 4]]\ny = X\n");
    check("group g {\nX = [1,\n     2]\n}", "group g {\n  X = [1,\n       2]\n}\n");
    check("   X = [1,\n  2]", "   X = [1,\n  2]\n");
}

#[test]
fn comments_get_a_blank_and_keep_their_words() {
    check("#그림|Figure\nx = 1\n#the norm |x|\n   # b   ", "# 그림 | Figure\nx = 1\n# the norm |x|\n# b\n");
    check("# 그림\n##########\nx = 1", "# 그림\n##########\nx = 1\n");
    check("x = 1 #", "x = 1  #\n");
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for block in ["x = (2", "x =", "3 = y", "group a", "}", "x = 1\nexpct x = 2"] {
        assert_eq!(format(block), None, "{block}");
    }
    assert_eq!(format(""), Some(Vec::new()));
}
