-- How a name of the region sounds. The input is one token in capitals without accents.
-- Letters that Spanish and Portuguese write for one sound become one: B V W, S Z Ç SS and soft C, K QU and hard C,
-- J and soft G and first X, Y I LL and LH, N Ñ and NH; H is mute; CH and SH are the digit 1.
create or replace macro spoken(token) as
    translate(
        replace(replace(replace(replace(replace(replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        replace(replace(replace(replace(replace(
                            translate(token, 'ÑÇ', 'NS'),
                            'LL', 'Y'), 'LH', 'Y'), 'NH', 'N'), 'PH', 'F'), 'SH', 'CH'),
                        '^X([EI])', 'J\1'),
                    'C([EI])', 'S\1', 'g'),
                'G([EI])', 'J\1', 'g'),
            'CH', '1'), 'QU', 'K'), 'GUE', 'GE'), 'GUI', 'GI'), 'H', ''), 'SC', 'S'),
        'CQVWZXI', 'KKBBSSY'
    );

-- Double consonants count once.
create or replace macro single(token) as
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        token,
        'BB', 'B'), 'DD', 'D'), 'FF', 'F'), 'GG', 'G'), 'JJ', 'J'), 'KK', 'K'), 'LL', 'L'), 'MM', 'M'),
        'NN', 'N'), 'PP', 'P'), 'RR', 'R'), 'SS', 'S'), 'TT', 'T'), 'YY', 'Y');

-- The consonants of `spoken` after its first letter: vowels are what clerks mishear most.
create or replace macro skeleton(token) as
    case
        when length(token) <= 3 then single(spoken(token))
        else single(left(spoken(token), 1) || translate(substring(spoken(token), 2), 'AEOUY', ''))
    end;
